-- What was held for a call becomes what it cost, in the day and month it was begun in; in the order in
-- which a begin locks them.
WITH held AS MATERIALIZED (
    SELECT w.organization_id, w.period, w.starts_on FROM scout.budget_windows AS w
    WHERE w.organization_id = %(organization_id)s
      AND w.starts_on = date_trunc(w.period, %(local_day)s::date::timestamp)::date
    ORDER BY w.period
    FOR NO KEY UPDATE
)
UPDATE scout.budget_windows AS w
SET reserved_microdollars = greatest(w.reserved_microdollars - %(reserved)s, 0),
    spent_microdollars = w.spent_microdollars + %(spent)s
FROM held
WHERE w.organization_id = held.organization_id AND w.period = held.period
  AND w.starts_on = held.starts_on
