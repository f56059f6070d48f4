-- Everything that is paused, the oldest first.
SELECT s.kind, o.name, c.name, s.provider, s.model, s.reason, s.paused_by, s.paused_at
FROM scout.switches AS s
LEFT JOIN scout.organizations AS o ON o.id = s.organization_id
LEFT JOIN scout.cameras AS c ON c.id = s.camera_id
ORDER BY s.paused_at
