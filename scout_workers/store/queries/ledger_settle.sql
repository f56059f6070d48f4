-- A call that ended without an answer, or of which nobody knows how it ended. What has its receipt
-- is left as it is.
UPDATE scout.llm_calls
SET status = %(status)s, settled_at = now(), error_class = %(error_class)s,
    error_detail = %(error_detail)s
WHERE id = %(id)s AND status = 'started'
