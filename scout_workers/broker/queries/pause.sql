-- Nothing more is claimed from this queue. The first to pause it stays on record; a pause that is over
-- makes way for the next.
INSERT INTO {schema}.queue_control AS c
    (queue, paused_at, paused_by, paused_because, paused_until)
VALUES (%(queue)s, now(), %(by)s, %(because)s, %(until)s)
ON CONFLICT (queue) DO UPDATE
SET paused_at = excluded.paused_at, paused_by = excluded.paused_by,
    paused_because = excluded.paused_because, paused_until = excluded.paused_until
WHERE c.paused_at IS NULL OR c.paused_until <= now()
RETURNING queue
