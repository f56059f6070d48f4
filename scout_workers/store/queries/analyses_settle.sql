-- Ends an analysis nobody works on: its message is dead, or its image can no longer be read. Under
-- the capture's lock; what failed last stays its reason.
UPDATE scout.analyses
SET state = %(state)s, settled_at = now(), lease_token = NULL,
    error_class = coalesce(error_class, %(error_class)s),
    error_detail = coalesce(error_detail, %(error_detail)s)
WHERE id = %(id)s AND settled_at IS NULL
RETURNING error_class, error_detail
