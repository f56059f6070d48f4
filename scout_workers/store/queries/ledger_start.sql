-- Before anything is sent. The unique index of open and paid calls decides who may: no row comes
-- back to whoever may not. Database clock only; the day is the organization's own.
INSERT INTO scout.llm_calls
    (organization_id, camera_id, request_key, purpose, subject_id, provider, model,
     profile_version_id, status, lease_token, expires_at, lane, local_day,
     reserved_microdollars, reserved_tokens)
VALUES
    (%(organization_id)s, %(camera_id)s, %(request_key)s, %(purpose)s, %(subject_id)s,
     %(provider)s, %(model)s, %(profile_version_id)s, 'started', %(lease_token)s,
     now() + %(expires_in)s * interval '1 second', %(lane)s,
     coalesce((SELECT (now() AT TIME ZONE o.time_zone)::date FROM scout.organizations AS o
               WHERE o.id = %(organization_id)s), (now() AT TIME ZONE 'UTC')::date),
     %(reserved_microdollars)s, %(reserved_tokens)s)
ON CONFLICT DO NOTHING
RETURNING id
