-- Remove dead messages nobody wanted back for so long, a bounded number at a time, as prune_results
-- does. With kept_seconds NULL none has died that long ago.
WITH gone AS (
    DELETE FROM {schema}.dead_message WHERE id = ANY (ARRAY(
        SELECT id FROM {schema}.dead_message
        WHERE died_at <= now() - %(kept_seconds)s * interval '1 second'
        ORDER BY died_at
        LIMIT %(most)s
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING id
)
SELECT count(*) FROM gone
