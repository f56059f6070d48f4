-- The fence: only the token of whoever began last may finish.
UPDATE scout.analyses
SET state = 'completed', settled_at = now(), headline = %(headline)s, severity = %(severity)s,
    flags = %(flags)s, error_class = NULL, error_detail = NULL
WHERE id = %(id)s AND lease_token = %(lease_token)s AND state = 'running'
