-- An acknowledgement on a caller's transaction looked for "leased", and the planner went by the index
-- of all leases: 3,500 buffers each while an old snapshot kept the entries of 100,000 that were over.
-- A row with an owner is leased; nothing need be said of its state (as in settle_acks.sql).

CREATE OR REPLACE FUNCTION ack(p_id bigint, p_attempt integer, p_owner uuid)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH gone AS (
        DELETE FROM message
        WHERE id = p_id AND attempt = p_attempt AND lease_owner = p_owner
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM gone)
$$;
