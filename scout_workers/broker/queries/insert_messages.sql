-- Many messages in, in the order given, in one statement and one commit; safe to repeat as
-- insert_message is.
INSERT INTO {schema}.message
    (message_id, enqueue_key, dedup_key, queue, actor, priority, state, available_at, payload)
SELECT n.message_id, n.enqueue_key, n.dedup_key, n.queue, n.actor, n.priority,
       CASE WHEN n.delay_ms > 0 THEN 'scheduled' ELSE 'ready' END,
       now() + n.delay_ms * interval '1 ms', n.payload
FROM unnest(
    %(message_ids)s::text[], %(enqueue_keys)s::uuid[], %(dedup_keys)s::text[], %(queues)s::text[],
    %(actors)s::text[], %(priorities)s::smallint[], %(delays_ms)s::bigint[], %(payloads)s::bytea[]
) WITH ORDINALITY AS n (message_id, enqueue_key, dedup_key, queue, actor, priority, delay_ms,
                        payload, place)
ORDER BY n.place
ON CONFLICT DO NOTHING
