-- Messages reach barriers, in the transaction that settles them; return the barriers that are
-- complete by it, each to exactly one transaction. A party that was counted already is not counted
-- again. Several transactions that reach one barrier wait for each other at its row, so whoever
-- completes it comes after all the others' commits. In the order of their keys, so that two batches
-- cannot wait for each other. A barrier that nobody made, or that has expired, is complete at once,
-- as in Dramatiq, but only once.
WITH arrived AS (
    INSERT INTO {schema}.barrier_party (key, party, expires_at)
    SELECT a.key, a.party, now() + a.ttl_ms * interval '1 ms'
    FROM unnest(%(keys)s::text[], %(parties)s::text[], %(ttls_ms)s::bigint[])
        AS a (key, party, ttl_ms)
    ORDER BY a.key, a.party
    ON CONFLICT DO NOTHING
    RETURNING key, expires_at
),
counted AS (
    SELECT key, count(*) AS parties, max(expires_at) AS expires_at
    FROM arrived GROUP BY key
),
reached AS (
    INSERT INTO {schema}.rate_limit AS r (key, value, expires_at)
    SELECT key, 1 - parties, expires_at FROM counted ORDER BY key
    ON CONFLICT (key) DO UPDATE
    SET value = CASE WHEN r.expires_at > now() THEN r.value ELSE 1 END + excluded.value - 1,
        expires_at = excluded.expires_at
    RETURNING key, value
)
SELECT key FROM reached JOIN counted USING (key)
WHERE reached.value <= 0 AND reached.value + counted.parties > 0
