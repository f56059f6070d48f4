-- All that decides when one capture is analysed: its picture, its camera's active profile, its latest
-- analysis (not one that only serves a comparison), and the backfill that has it on its list.
SELECT c.id, c.organization_id, o.name, k.name, c.state, c.state_reason,
       extract(epoch FROM now() - c.received_at)::float8,
       v.provider, v.model,
       a.state, a.error_class, a.error_detail, a.attempts, a.lease_token, a.settled_at,
       a.resembles_capture_id,
       i.state, b.id, b.state, b.state_reason
FROM scout.captures AS c
JOIN scout.organizations AS o ON o.id = c.organization_id
JOIN scout.cameras AS k ON k.id = c.camera_id
LEFT JOIN scout.analysis_profiles AS p ON p.camera_id = c.camera_id
LEFT JOIN scout.profile_versions AS v ON v.profile_id = p.id AND v.state = 'active'
LEFT JOIN LATERAL (
    SELECT * FROM scout.analyses
    WHERE capture_id = c.id AND origin <> 'eval'
    ORDER BY settled_at IS NULL DESC, created_at DESC
    LIMIT 1
) AS a ON true
LEFT JOIN LATERAL (
    SELECT state, backfill_id FROM scout.backfill_items
    WHERE capture_id = c.id
    ORDER BY state
    LIMIT 1
) AS i ON true
LEFT JOIN scout.backfills AS b ON b.id = i.backfill_id
WHERE c.id = %(id)s::uuid
