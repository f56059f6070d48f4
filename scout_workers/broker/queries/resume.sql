-- The queue is claimed from again.
UPDATE {schema}.queue_control SET paused_at = NULL, paused_by = NULL WHERE queue = %(queue)s
