-- Before anything is sent. The unique index of open and paid calls decides who may: no row comes
-- back to whoever may not. Database clock only.
INSERT INTO scout.llm_calls
    (organization_id, camera_id, request_key, purpose, subject_id, provider, model,
     profile_version_id, status, lease_token, expires_at)
VALUES
    (%(organization_id)s, %(camera_id)s, %(request_key)s, %(purpose)s, %(subject_id)s,
     %(provider)s, %(model)s, %(profile_version_id)s, 'started', %(lease_token)s,
     now() + %(expires_in)s * interval '1 second')
ON CONFLICT DO NOTHING
RETURNING id
