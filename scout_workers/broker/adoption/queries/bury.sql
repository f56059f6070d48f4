-- Adopted messages that are dead already, in. Dead messages have the number they had alive, so each
-- takes one that no message will get.
INSERT INTO {schema}.dead_message
    (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
SELECT nextval(pg_get_serial_sequence(%(table)s, 'id')), n.message_id, n.queue, n.actor, 0,
       n.attempt, to_timestamp(n.enqueued_ms / 1000.0), n.reason, n.error, n.payload
FROM unnest(
    %(message_ids)s::text[], %(queues)s::text[], %(actors)s::text[], %(attempts)s::int[],
    %(enqueued_ms)s::bigint[], %(reasons)s::text[], %(errors)s::text[], %(payloads)s::bytea[]
) AS n (message_id, queue, actor, attempt, enqueued_ms, reason, error, payload)
