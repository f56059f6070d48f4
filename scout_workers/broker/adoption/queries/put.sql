-- Adopted messages in, in the order given; that each is written once is the caller's to see to.
INSERT INTO {schema}.message
    (message_id, queue, actor, state, available_at, payload)
SELECT n.message_id, n.queue, n.actor,
       CASE WHEN n.delay_ms > 0 THEN 'scheduled' ELSE 'ready' END,
       now() + n.delay_ms * interval '1 ms', n.payload
FROM unnest(
    %(message_ids)s::text[], %(queues)s::text[], %(actors)s::text[], %(delays_ms)s::bigint[],
    %(payloads)s::bytea[]
) WITH ORDINALITY AS n (message_id, queue, actor, delay_ms, payload, place)
ORDER BY n.place
