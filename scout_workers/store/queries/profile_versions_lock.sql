-- A version and, locked with it, its profile: whoever changes a state takes turns with all who do.
SELECT v.state, v.profile_id
FROM scout.profile_versions AS v
JOIN scout.analysis_profiles AS p ON p.id = v.profile_id
WHERE v.id = %(id)s
FOR UPDATE OF p
