-- Insight runs, the latest days first; those that count, or all that were ever begun.
SELECT r.id, o.id, o.name, o.time_zone, r.day, r.state, r.current, r.refused, r.dropped, r.error_class, r.error_detail,
       (SELECT count(*) FROM scout.insights AS i WHERE i.run_id = r.id)
FROM scout.organizations AS o
JOIN scout.insight_runs AS r ON r.organization_id = o.id
WHERE (%(organization)s::text IS NULL OR o.name = %(organization)s)
  AND (%(day)s::date IS NULL OR r.day = %(day)s)
  AND (%(since)s::date IS NULL OR r.day >= %(since)s)
  AND (%(history)s OR r.current OR r.settled_at IS NULL OR r.state = 'failed')
ORDER BY r.day DESC, o.name, r.created_at DESC, r.id
LIMIT %(limit)s::int
