-- Holds a call's upper bound in the organization's day and month at once, or in neither: whoever comes
-- second waits for the first one's commit and sees what is left. Returns what there is: budgets, their
-- windows of today, and whether it fitted into all of them.
WITH today AS (
    SELECT o.id, now() AT TIME ZONE o.time_zone AS local FROM scout.organizations AS o
    WHERE o.id = %(organization_id)s
),
held AS MATERIALIZED (
    SELECT w.organization_id, w.period, w.starts_on, b.limit_microdollars,
           w.spent_microdollars + w.reserved_microdollars + %(cost)s AS after
    FROM today
    JOIN scout.budgets AS b ON b.organization_id = today.id
    JOIN scout.budget_windows AS w
      ON w.organization_id = b.organization_id AND w.period = b.period
     AND w.starts_on = date_trunc(b.period, today.local)::date
    ORDER BY w.period
    FOR NO KEY UPDATE OF w
),
fits AS (
    SELECT count(*) AS windows, coalesce(bool_and(after <= limit_microdollars), true) AS ok,
           count(*) = (SELECT count(*) FROM scout.budgets AS b
                       WHERE b.organization_id = %(organization_id)s) AS complete
    FROM held
),
taken AS (
    UPDATE scout.budget_windows AS w
    SET reserved_microdollars = w.reserved_microdollars + %(cost)s
    FROM held, fits
    WHERE fits.ok AND fits.complete AND w.organization_id = held.organization_id
      AND w.period = held.period AND w.starts_on = held.starts_on
)
SELECT complete, ok FROM fits
