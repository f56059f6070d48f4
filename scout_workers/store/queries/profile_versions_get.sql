-- Any version, active or not: an analysis keeps the one it began with.
SELECT id, profile_id, provider, model, instructions, content_hash, skip_unchanged
FROM scout.profile_versions
WHERE id = %(id)s
