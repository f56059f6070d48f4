-- Deliver a batch again, later or at once: the same rows, new contents, a new place in the queue.
-- The work had an outcome, so its rescues are forgiven. The dedup_key is given up: another message
-- with that key may be waiting by now.
UPDATE {schema}.message m
SET state = CASE WHEN s.delay_ms > 0 THEN 'scheduled' ELSE 'ready' END,
    available_at = now() + s.delay_ms * interval '1 ms',
    seq = nextval('{schema}.message_seq'),
    priority = s.priority, payload = s.payload, queue = s.queue, dedup_key = NULL,
    lease_owner = NULL, leased_at = NULL, rescues = 0
FROM unnest(
    %(ids)s::bigint[], %(attempts)s::int[], %(queues)s::text[],
    %(priorities)s::smallint[], %(delays_ms)s::bigint[], %(payloads)s::bytea[],
    array_fill(%(owner)s::uuid, ARRAY[cardinality(%(ids)s::bigint[])])
) AS s (id, attempt, queue, priority, delay_ms, payload, owner)
WHERE m.id = ANY (%(ids)s::bigint[])
  AND m.id = s.id AND m.attempt = s.attempt AND m.lease_owner = s.owner
RETURNING m.id
