-- The fence: only the token of whoever began last may.
UPDATE scout.profile_generations
SET state = 'completed', settled_at = now(), reasoning = %(reasoning)s,
    profile_version_id = %(profile_version_id)s, error_class = NULL, error_detail = NULL
WHERE id = %(id)s AND lease_token = %(lease_token)s AND state = 'running'
