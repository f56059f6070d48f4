-- A new day or month of the organization: its windows, each with what the ledger knows was spent in it and
-- is held.
INSERT INTO scout.budget_windows
    (organization_id, period, starts_on, spent_microdollars, reserved_microdollars)
SELECT b.organization_id, b.period, today.starts_on, coalesce(c.spent, 0), coalesce(c.held, 0)
FROM scout.budgets AS b
JOIN scout.organizations AS o ON o.id = b.organization_id
CROSS JOIN LATERAL (
    SELECT date_trunc(b.period, now() AT TIME ZONE o.time_zone)::date AS starts_on
) AS today
CROSS JOIN LATERAL (
    SELECT sum(CASE WHEN l.received_at IS NOT NULL OR l.status = 'failed'
                    THEN coalesce(l.cost_microdollars, CASE WHEN l.received_at IS NOT NULL
                                  THEN l.reserved_microdollars END) END) AS spent,
           sum(CASE WHEN l.received_at IS NULL AND l.status IN ('started', 'in_doubt')
                    THEN l.reserved_microdollars END) AS held
    FROM scout.llm_calls AS l
    WHERE l.organization_id = b.organization_id AND l.local_day >= today.starts_on
) AS c
WHERE b.organization_id = %(organization_id)s
ON CONFLICT DO NOTHING
