-- One summary, with what it was written from.
SELECT s.id, o.name, o.time_zone, k.name, s.kind, s.window_start, s.window_end, s.state, s.current,
       s.severity, s.headline, s.body, s.error_class, s.error_detail, s.attempts, s.prompt_version,
       s.input_hash, s.superseded_by, s.created_at, s.settled_at, s.facts
FROM scout.summaries AS s
JOIN scout.organizations AS o ON o.id = s.organization_id
LEFT JOIN scout.cameras AS k ON k.organization_id = s.organization_id AND k.id = s.camera_id
WHERE s.id = %(id)s::uuid
