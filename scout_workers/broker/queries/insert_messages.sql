-- Many messages in, in the order given, in one statement and one commit. Nothing here keeps them from
-- being written twice: that the transaction left a note, or ended the row they follow from, does. A
-- second waiting message with the same dedup_key is left out.
INSERT INTO {schema}.message
    (message_id, dedup_key, queue, actor, priority, state, available_at, payload)
SELECT n.message_id, n.dedup_key, n.queue, n.actor, n.priority,
       CASE WHEN n.delay_ms > 0 THEN 'scheduled' ELSE 'ready' END,
       now() + n.delay_ms * interval '1 ms', n.payload
FROM unnest(
    %(message_ids)s::text[], %(dedup_keys)s::text[], %(queues)s::text[], %(actors)s::text[],
    %(priorities)s::smallint[], %(delays_ms)s::bigint[], %(payloads)s::bytea[]
) WITH ORDINALITY AS n (message_id, dedup_key, queue, actor, priority, delay_ms, payload, place)
ORDER BY n.place
ON CONFLICT DO NOTHING
