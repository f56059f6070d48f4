-- Captures, newest first, each with its latest analysis. The newest of every camera are taken from
-- captures_by_camera_time and only those are sorted: ordering all captures of all cameras by time
-- has no index.
SELECT c.id, o.name, o.time_zone, k.name, c.captured_at, c.state, c.state_reason, c.source,
       a.id, a.state, a.severity, a.headline, a.flags
FROM scout.cameras k
JOIN scout.organizations o ON o.id = k.organization_id
CROSS JOIN LATERAL (
    SELECT *
    FROM scout.captures
    WHERE camera_id = k.id AND (%(state)s::text IS NULL OR state = %(state)s)
    ORDER BY captured_at DESC, id DESC
    LIMIT %(limit)s::int
) AS c
LEFT JOIN LATERAL (
    SELECT *
    FROM scout.analyses
    WHERE capture_id = c.id AND origin <> 'eval'
    ORDER BY created_at DESC, run_no DESC
    LIMIT 1
) AS a ON true
WHERE (%(camera)s::text IS NULL OR k.name = %(camera)s)
  AND (%(organization)s::text IS NULL OR o.name = %(organization)s)
ORDER BY c.captured_at DESC, c.id DESC
LIMIT %(limit)s::int
