-- Nobody will try again: its message is dead. What failed last stays its reason.
UPDATE scout.profile_generations
SET state = 'failed', settled_at = now(), lease_token = NULL,
    error_class = coalesce(error_class, %(error_class)s),
    error_detail = coalesce(error_detail, %(error_detail)s)
WHERE id = %(id)s AND settled_at IS NULL
