-- Equal contents are one version: an old one becomes active again, with its analyses.
INSERT INTO scout.profile_versions
    (organization_id, profile_id, provider, model, instructions, content_hash, state)
VALUES
    (%(organization_id)s, %(profile_id)s, %(provider)s, %(model)s, %(instructions)s,
     %(content_hash)s, 'active')
ON CONFLICT (profile_id, content_hash) DO UPDATE SET state = 'active'
RETURNING id, profile_id, provider, model, instructions, content_hash
