-- The version of these contents.
SELECT id, profile_id, provider, model, instructions, content_hash, skip_unchanged
FROM scout.profile_versions
WHERE profile_id = %(profile_id)s AND content_hash = %(content_hash)s
