-- Remove expired counters, a bounded number at a time, as prune_results does. A slot is ten minutes:
-- what is in one that began eleven ago expired a minute ago at least, which is longer than any
-- statement of limit_change may take that still saw it alive.
WITH gone AS (
    DELETE FROM {schema}.rate_limit WHERE key = ANY (ARRAY(
        SELECT key FROM {schema}.rate_limit
        WHERE expiry_slot <= now() - interval '11 minutes'
        ORDER BY expiry_slot
        LIMIT %(most)s
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING key
)
SELECT count(*) FROM gone
