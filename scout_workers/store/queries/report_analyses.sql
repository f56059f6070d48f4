-- Analyses, the latest captures first; a rare state is found through analyses_by_state.
SELECT a.id, o.name, o.time_zone, k.name, c.captured_at, a.capture_id, a.run_no, a.state,
       a.severity, a.headline, a.flags, a.error_class
FROM scout.organizations o
JOIN scout.cameras k ON k.organization_id = o.id
JOIN scout.captures c ON c.camera_id = k.id
JOIN scout.analyses a ON a.organization_id = o.id AND a.capture_id = c.id
WHERE (%(camera)s::text IS NULL OR k.name = %(camera)s)
  AND (%(organization)s::text IS NULL OR o.name = %(organization)s)
  AND (%(state)s::text IS NULL OR a.state = %(state)s)
ORDER BY c.captured_at DESC, a.id
LIMIT %(limit)s::int
