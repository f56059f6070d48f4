-- Claim from one queue with a limit for the whole fleet, as many as that leaves room for. Exact only
-- under the queue's lock (limit_lock.sql), taken by an earlier statement of the same transaction:
-- this statement's snapshot then shows every claim made before. Columns as claim.sql's.
WITH room AS (
    SELECT c.queue, greatest(0, least(%(slots)s, c.global_limit - (
        SELECT count(*) FROM {schema}.message m WHERE m.state = 'leased' AND m.queue = c.queue
    ))) AS slots
    FROM {schema}.queue_control c
    WHERE c.queue = %(queue)s AND c.global_limit IS NOT NULL
      AND (c.paused_at IS NULL OR c.paused_until <= now())
      AND EXISTS (SELECT FROM {schema}.worker WHERE id = %(owner)s)
),
picked AS MATERIALIZED (
    SELECT ready.id
    FROM room
    CROSS JOIN LATERAL (
        SELECT m.id
        FROM {schema}.message m
        WHERE m.state = 'ready' AND m.queue = room.queue
        ORDER BY m.priority, m.seq
        LIMIT room.slots
        FOR UPDATE SKIP LOCKED
    ) ready
)
UPDATE {schema}.message m
SET state = 'leased', attempt = m.attempt + 1, lease_owner = %(owner)s, leased_at = now()
WHERE m.id = ANY (ARRAY(SELECT id FROM picked))
RETURNING NULL::float8, NULL::text[], m.id, m.attempt, m.queue, m.priority, m.seq, m.rescues,
          m.payload
