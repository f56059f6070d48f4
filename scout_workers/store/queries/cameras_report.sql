-- Cameras with their active version and what became of their captures, for people. NULL does not
-- filter.
SELECT k.id, k.name, o.name, o.time_zone, k.created_at, v.number, v.provider, v.model,
       (SELECT count(*) FROM scout.captures AS c WHERE c.camera_id = k.id),
       (SELECT max(captured_at) FROM scout.captures AS c WHERE c.camera_id = k.id)
FROM scout.cameras AS k
JOIN scout.organizations AS o ON o.id = k.organization_id
LEFT JOIN scout.analysis_profiles AS p ON p.camera_id = k.id
LEFT JOIN scout.profile_versions AS v ON v.profile_id = p.id AND v.state = 'active'
WHERE (%(organization_id)s::uuid IS NULL OR o.id = %(organization_id)s::uuid)
  AND (%(id)s::uuid IS NULL OR k.id = %(id)s::uuid)
ORDER BY o.name, k.name
