-- Remove the notes of enqueues that nobody repeats any more (a repetition comes within seconds), a
-- bounded number at a time, as prune_results does. Keys begin with their maker's time (UUID version
-- 7), so the primary key leads to the oldest and no other index is needed; its clock may be wrong,
-- so the server's decides. Keys of outcomes are of an hour later, and stay for that much longer.
WITH old AS MATERIALIZED (
    SELECT key FROM {schema}.enqueued
    WHERE key < (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - 300000), 12, '0')
                 || repeat('0', 20))::uuid
      AND at < now() - interval '5 minutes'
    ORDER BY key
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM {schema}.enqueued e USING old WHERE e.key = old.key RETURNING e.key
)
SELECT count(*) FROM gone
