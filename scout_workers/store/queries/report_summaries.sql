-- Summaries, the latest windows first; those that count, or all that were ever begun.
SELECT s.id, o.name, o.time_zone, k.name, s.kind, s.window_start, s.window_end, s.state, s.current,
       (s.facts->>'pictures')::int, s.severity, s.headline, s.error_class
FROM scout.organizations AS o
JOIN scout.summaries AS s ON s.organization_id = o.id
LEFT JOIN scout.cameras AS k ON k.organization_id = o.id AND k.id = s.camera_id
WHERE (%(organization)s::text IS NULL OR o.name = %(organization)s)
  AND (%(camera)s::text IS NULL OR k.name = %(camera)s)
  AND (%(kind)s::text IS NULL OR s.kind = %(kind)s)
  AND (%(state)s::text IS NULL OR s.state = %(state)s)
  AND (%(since)s::timestamptz IS NULL OR s.window_end > %(since)s)
  AND (%(history)s OR s.current OR s.settled_at IS NULL OR s.state = 'failed')
ORDER BY s.window_end DESC, s.kind, k.name NULLS FIRST, s.created_at DESC, s.id
LIMIT %(limit)s::int
