-- Remove the parties of barriers that have long expired, a bounded number at a time, as
-- prune_results does. Each arrival keeps its barrier alive for longer, so the first to arrive are
-- kept for a day past their own time. MATERIALIZED keeps LIMIT a limit.
WITH old AS MATERIALIZED (
    SELECT key, party FROM {schema}.barrier_party
    WHERE expires_at <= now() - interval '1 day'
    ORDER BY expires_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM {schema}.barrier_party p USING old
    WHERE p.key = old.key AND p.party = old.party
    RETURNING p.key
)
SELECT count(*) FROM gone
