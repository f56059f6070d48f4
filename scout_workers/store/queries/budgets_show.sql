-- Budgets with their windows of today; NULL does not filter.
SELECT o.name, o.time_zone, b.period, today.starts_on, b.limit_microdollars,
       coalesce(w.spent_microdollars, 0), coalesce(w.reserved_microdollars, 0),
       extract(epoch FROM ((today.starts_on::timestamp + ('1 ' || b.period)::interval)
                           AT TIME ZONE o.time_zone) - now())::float8
FROM scout.budgets AS b
JOIN scout.organizations AS o ON o.id = b.organization_id
CROSS JOIN LATERAL (
    SELECT date_trunc(b.period, now() AT TIME ZONE o.time_zone)::date AS starts_on
) AS today
LEFT JOIN scout.budget_windows AS w
  ON w.organization_id = b.organization_id AND w.period = b.period
 AND w.starts_on = today.starts_on
WHERE o.name = coalesce(%(organization)s, o.name)
ORDER BY o.name, b.period
