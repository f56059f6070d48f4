-- Ends a summary nobody works on: its message is dead. What failed last stays its reason.
UPDATE scout.summaries
SET state = 'failed', settled_at = now(), lease_token = NULL,
    error_class = coalesce(error_class, %(error_class)s),
    error_detail = coalesce(error_detail, %(error_detail)s)
WHERE id = %(id)s AND organization_id = %(organization_id)s AND settled_at IS NULL
RETURNING error_class, error_detail
