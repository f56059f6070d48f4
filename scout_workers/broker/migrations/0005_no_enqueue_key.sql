-- What makes a repeated enqueue one message is its note (0004). The unique key on the message itself
-- guarded nothing any more, and each insert, claim and retry wrote its index.

ALTER TABLE message DROP COLUMN enqueue_key;

-- The signature stays: p_enqueue_key is the note's key.
CREATE OR REPLACE FUNCTION put(
    p_message_id text, p_enqueue_key uuid, p_dedup_key text, p_queue text, p_actor text,
    p_priority smallint, p_delay_ms bigint, p_payload bytea
) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO enqueued (key) VALUES (p_enqueue_key) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO message (message_id, dedup_key, queue, actor, priority, state, available_at,
                             payload)
        VALUES (p_message_id, p_dedup_key, p_queue, p_actor, p_priority,
                CASE WHEN p_delay_ms > 0 THEN 'scheduled' ELSE 'ready' END,
                now() + p_delay_ms * interval '1 ms', p_payload)
        ON CONFLICT DO NOTHING;
    END IF;
END
$$;

-- For a caller's own transaction, which is not repeated by us: without a note. ON CONFLICT is for
-- the dedup_key.
CREATE FUNCTION enqueue(
    p_message_id text, p_dedup_key text, p_queue text, p_actor text,
    p_priority smallint, p_delay_ms bigint, p_payload bytea
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    INSERT INTO message (message_id, dedup_key, queue, actor, priority, state, available_at,
                         payload)
    SELECT p_message_id, p_dedup_key, p_queue, p_actor, p_priority,
           CASE WHEN p_delay_ms > 0 THEN 'scheduled' ELSE 'ready' END,
           now() + p_delay_ms * interval '1 ms', p_payload
    ON CONFLICT DO NOTHING
$$;

-- A new function is everybody's to call; this one is for whom the one it replaces was.
DO $$
DECLARE
    v_acl aclitem[] := (
        SELECT proacl FROM pg_proc
        WHERE oid = 'enqueue(text, uuid, text, text, text, smallint, bigint, bytea)'::regprocedure);
    v_role text;
BEGIN
    DROP FUNCTION enqueue(text, uuid, text, text, text, smallint, bigint, bytea);
    IF v_acl IS NULL THEN
        RETURN;
    END IF;
    REVOKE EXECUTE ON FUNCTION enqueue FROM PUBLIC;
    FOR v_role IN
        SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
        FROM aclexplode(v_acl) WHERE privilege_type = 'EXECUTE'
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION enqueue TO %s', v_role);
    END LOOP;
END
$$;
