-- Remove expired results, a bounded number at a time. SKIP LOCKED: any number of workers may do this
-- at once, each does a part.
WITH gone AS (
    DELETE FROM {schema}.result WHERE key = ANY (ARRAY(
        SELECT key FROM {schema}.result
        WHERE expires_at <= now()
        ORDER BY expires_at
        LIMIT %(most)s
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING key
)
SELECT count(*) FROM gone
