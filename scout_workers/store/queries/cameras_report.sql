-- Cameras with their active version, what became of their captures, and whether they or all of their
-- organization are paused, for people. NULL does not filter.
SELECT k.id, k.name, o.name, o.time_zone, k.created_at, v.number, v.provider, v.model,
       (SELECT count(*) FROM scout.captures AS c WHERE c.camera_id = k.id),
       (SELECT max(captured_at) FROM scout.captures AS c WHERE c.camera_id = k.id),
       s.paused_by, s.reason, s.kind = 'organization'
FROM scout.cameras AS k
JOIN scout.organizations AS o ON o.id = k.organization_id
LEFT JOIN scout.analysis_profiles AS p ON p.camera_id = k.id
LEFT JOIN scout.profile_versions AS v ON v.profile_id = p.id AND v.state = 'active'
LEFT JOIN LATERAL (
    SELECT w.paused_by, w.reason, w.kind FROM scout.switches AS w
    WHERE w.organization_id = o.id
      AND (w.kind = 'organization' OR (w.kind = 'camera' AND w.camera_id = k.id))
    ORDER BY w.kind DESC LIMIT 1
) AS s ON true
WHERE (%(organization_id)s::uuid IS NULL OR o.id = %(organization_id)s::uuid)
  AND (%(id)s::uuid IS NULL OR k.id = %(id)s::uuid)
ORDER BY o.name, k.name
