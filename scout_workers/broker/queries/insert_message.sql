-- One message in. Repeating it after a lost reply changes nothing: its enqueue_key is there already;
-- nor does a second waiting message with the same dedup_key.
INSERT INTO {schema}.message
    (message_id, enqueue_key, dedup_key, queue, actor, priority, state, available_at, payload)
VALUES
    (%(message_id)s, %(enqueue_key)s, %(dedup_key)s, %(queue)s, %(actor)s, %(priority)s,
     CASE WHEN %(delay_ms)s > 0 THEN 'scheduled' ELSE 'ready' END,
     now() + %(delay_ms)s * interval '1 ms', %(payload)s)
ON CONFLICT DO NOTHING
