-- Messages in, in the order given, on the caller's transaction and in one exchange: through the same
-- function as a single one, so that the caller's role needs no right on the table.
SELECT count({schema}.enqueue(
    n.message_id, n.dedup_key, n.queue, n.actor, n.priority, n.delay_ms, n.payload)::text)
FROM (
    SELECT *
    FROM unnest(
        %(message_ids)s::text[], %(dedup_keys)s::text[], %(queues)s::text[], %(actors)s::text[],
        %(priorities)s::smallint[], %(delays_ms)s::bigint[], %(payloads)s::bytea[]
    ) WITH ORDINALITY AS n (message_id, dedup_key, queue, actor, priority, delay_ms, payload, place)
    ORDER BY n.place
) AS n
