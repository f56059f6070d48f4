-- Keep results, the newest of each message. Safe to repeat. In the order of their keys, so that two
-- batches that have some in common cannot wait for each other.
INSERT INTO {schema}.result (key, payload, expires_at)
SELECT r.key, r.payload, now() + r.ttl_ms * interval '1 ms'
FROM unnest(%(keys)s::text[], %(payloads)s::bytea[], %(ttls_ms)s::bigint[])
    AS r (key, payload, ttl_ms)
ORDER BY r.key
ON CONFLICT (key) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at
