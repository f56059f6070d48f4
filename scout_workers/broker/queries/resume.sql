-- The queue is claimed from again; of a pause that was over already nothing is said.
UPDATE {schema}.queue_control c
SET paused_at = NULL, paused_by = NULL, paused_because = NULL, paused_until = NULL
WHERE queue = %(queue)s AND paused_at IS NOT NULL
  AND (paused_until IS NULL OR paused_until > now())
RETURNING queue
