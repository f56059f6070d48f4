-- Profile versions, camera by camera, the newest first, each with how many analyses it has, those
-- that only compare versions left out. NULL does not filter.
SELECT v.id, v.number, v.state, v.provider, v.model, v.instructions, v.skip_unchanged,
       v.content_hash, v.created_at, k.id, k.name, o.id, o.name, o.time_zone,
       (SELECT count(*) FROM scout.analyses AS a
        WHERE a.organization_id = v.organization_id AND a.profile_version_id = v.id
          AND a.origin <> 'eval')
FROM scout.profile_versions AS v
JOIN scout.analysis_profiles AS p ON p.id = v.profile_id
JOIN scout.cameras AS k ON k.id = p.camera_id
JOIN scout.organizations AS o ON o.id = v.organization_id
WHERE (%(organization_id)s::uuid IS NULL OR o.id = %(organization_id)s::uuid)
  AND (%(camera_id)s::uuid IS NULL OR k.id = %(camera_id)s::uuid)
  AND (%(state)s::text IS NULL OR v.state = %(state)s)
  AND (%(first)s::uuid IS NULL OR v.id BETWEEN %(first)s::uuid AND %(last)s::uuid)
ORDER BY o.name, k.name, v.number DESC
LIMIT %(limit)s::int
