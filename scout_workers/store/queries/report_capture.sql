-- One capture with the names of what it belongs to.
SELECT c.id, o.name, o.time_zone, k.name, c.captured_at, c.received_at, c.state, c.state_reason,
       c.source, c.bucket, c.key, c.size_bytes, c.sha256
FROM scout.captures c
JOIN scout.cameras k ON k.id = c.camera_id
JOIN scout.organizations o ON o.id = c.organization_id
WHERE c.id = %(id)s::uuid
