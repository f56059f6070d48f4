-- Nothing more is claimed from this queue. The first to pause it stays on record.
INSERT INTO {schema}.queue_control AS c (queue, paused_at, paused_by)
VALUES (%(queue)s, now(), %(by)s)
ON CONFLICT (queue) DO UPDATE
SET paused_at = coalesce(c.paused_at, excluded.paused_at),
    paused_by = coalesce(c.paused_by, excluded.paused_by)
