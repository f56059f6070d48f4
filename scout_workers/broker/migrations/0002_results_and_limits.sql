-- What Dramatiq keeps beside its messages: results, the counters of rate limiters and barriers, and
-- who has reached a barrier. Each row has a time by which nobody may see it any more, by this
-- server's clock, and is pruned some time after it.

CREATE TABLE result (
    key        text PRIMARY KEY,
    -- Whatever the backend's encoder made: bytes, never looked into here.
    payload    bytea NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (
    -- Every row is written once and goes within minutes.
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX result_expiry ON result (expires_at);

CREATE TABLE rate_limit (
    key         text PRIMARY KEY,
    value       bigint NOT NULL,
    expires_at  timestamptz NOT NULL,
    -- What prune looks for. `expires_at` changes with every count; an index on it would write a new
    -- entry into both indexes each time. This changes once in ten minutes, so that nearly every
    -- count is an update within its page (HOT) that touches no index.
    expiry_slot timestamptz NOT NULL GENERATED ALWAYS AS
        (date_bin('10 minutes', expires_at, timestamptz '2000-01-01 00:00:00+00')) STORED
) WITH (
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX rate_limit_expiry ON rate_limit (expiry_slot);

-- Who has reached which barrier. Beside the count, so that one message is one party however often
-- its arrival is written.
CREATE TABLE barrier_party (
    key        text NOT NULL,
    party      text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (key, party)
) WITH (
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX barrier_party_expiry ON barrier_party (expires_at);

-- Add to one counter unless the sum of several would pass a maximum. A sum is only exact in a
-- statement that begins after a lock was had; each statement of a volatile function has a snapshot
-- of its own, so that one call is enough and needs no transaction of the caller's. The first look
-- is without the lock: who is refused by what is committed already need not wait for it.
CREATE FUNCTION add_within_sum(
    p_lock text, p_key text, p_keys text[], p_amount bigint, p_maximum bigint, p_ttl_ms bigint
) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_fits boolean;
BEGIN
    FOR v_round IN 1..2 LOOP
        IF v_round = 2 THEN
            PERFORM pg_advisory_xact_lock(hashtextextended(p_lock, 0));
        END IF;
        SELECT coalesce(sum(value) FILTER (WHERE key = ANY (p_keys)), 0) + p_amount <= p_maximum
           AND coalesce(sum(value) FILTER (WHERE key = p_key), 0) + p_amount <= p_maximum
        INTO v_fits
        FROM rate_limit
        WHERE key = ANY (p_keys || p_key) AND expires_at > clock_timestamp();
        IF NOT v_fits THEN
            RETURN false;
        END IF;
    END LOOP;
    INSERT INTO rate_limit AS r (key, value, expires_at)
    VALUES (p_key, p_amount, clock_timestamp() + p_ttl_ms * interval '1 ms')
    ON CONFLICT (key) DO UPDATE
    SET value = CASE WHEN r.expires_at > clock_timestamp() THEN r.value ELSE 0 END
                + excluded.value,
        expires_at = excluded.expires_at;
    RETURN true;
END
$$;
