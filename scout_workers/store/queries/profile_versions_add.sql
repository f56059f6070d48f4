-- A new version, under the profile's lock, so that numbers are given one by one. Equal contents are
-- one version: nothing is returned if it is there already.
INSERT INTO scout.profile_versions
    (organization_id, profile_id, number, provider, model, instructions, skip_unchanged,
     content_hash)
SELECT %(organization_id)s, %(profile_id)s, coalesce(max(number), 0) + 1, %(provider)s, %(model)s,
       %(instructions)s, %(skip_unchanged)s, %(content_hash)s
FROM scout.profile_versions
WHERE profile_id = %(profile_id)s
ON CONFLICT (profile_id, content_hash) DO NOTHING
RETURNING id, profile_id, provider, model, instructions, content_hash, skip_unchanged
