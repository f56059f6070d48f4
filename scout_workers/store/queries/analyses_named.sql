-- The run a message names, of its own capture only.
SELECT a.id, a.state, a.run_no, a.origin,
       v.id, v.profile_id, v.provider, v.model, v.instructions, v.content_hash, v.skip_unchanged
FROM scout.analyses AS a
JOIN scout.profile_versions AS v ON v.id = a.profile_version_id
WHERE a.id = %(id)s AND a.capture_id = %(capture_id)s
