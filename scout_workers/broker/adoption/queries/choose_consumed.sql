-- Lock the oldest consumed rows that no worker's session holds, as many as one transaction takes.
-- The lock is then taken as that worker would take it, but for this transaction: who has it until
-- the commit is the only one who may begin with the message.
WITH loose AS MATERIALIZED (
    SELECT message_id, mtime, key
    FROM {table} q
    CROSS JOIN LATERAL (
        SELECT ('x' || substr(encode(sha256(convert_to(
            q.queue_name || q.message_id, 'UTF8')), 'hex'), 25, 16)
        )::bit(64)::bigint # '-9223372036854775808'::bigint AS key
    ) AS made
    WHERE state = 'consumed' AND NOT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND classid::bigint << 32 | objid::bigint = key
    )
    ORDER BY mtime, message_id
    LIMIT %(most)s
    FOR UPDATE OF q SKIP LOCKED
)
SELECT message_id FROM loose WHERE pg_try_advisory_xact_lock(key) ORDER BY mtime, message_id
