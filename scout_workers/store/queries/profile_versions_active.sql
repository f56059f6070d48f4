-- What a camera's pictures are looked at for now.
SELECT v.id, v.profile_id, v.provider, v.model, v.instructions, v.content_hash, v.skip_unchanged
FROM scout.analysis_profiles AS p
JOIN scout.profile_versions AS v ON v.profile_id = p.id AND v.state = 'active'
WHERE p.camera_id = %(camera_id)s
