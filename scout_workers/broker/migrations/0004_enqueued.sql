-- An enqueue is noted here in the commit that makes its messages. Whoever repeats it because the
-- reply was lost finds the note, though the messages may have been worked off and be gone. The note
-- of a transaction that still runs is waited for: that is what a unique index does.
CREATE TABLE enqueued (
    -- The message's enqueue_key, or that of the first of a batch.
    key uuid PRIMARY KEY,
    at  timestamptz NOT NULL DEFAULT now()
) WITH (
    -- Every row is written once and goes within minutes.
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_vacuum_cost_delay = 0
);

-- One message and its note, once however often it is called. A function, because its statements are
-- planned once a server connection: that spares more than the note costs, and nothing has to be
-- prepared by a client that may meet another connection behind PgBouncer the next time.
CREATE FUNCTION put(
    p_message_id text, p_enqueue_key uuid, p_dedup_key text, p_queue text, p_actor text,
    p_priority smallint, p_delay_ms bigint, p_payload bytea
) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO enqueued (key) VALUES (p_enqueue_key) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO message (message_id, enqueue_key, dedup_key, queue, actor, priority, state,
                             available_at, payload)
        VALUES (p_message_id, p_enqueue_key, p_dedup_key, p_queue, p_actor, p_priority,
                CASE WHEN p_delay_ms > 0 THEN 'scheduled' ELSE 'ready' END,
                now() + p_delay_ms * interval '1 ms', p_payload)
        ON CONFLICT DO NOTHING;
    END IF;
END
$$;
