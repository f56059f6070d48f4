-- Begin a counter unless there is one; a row is returned to the one caller that began it. An expired
-- counter is none, and ON CONFLICT looks at the row as it is once nobody else writes it.
INSERT INTO {schema}.rate_limit AS r (key, value, expires_at)
VALUES (%(key)s, %(value)s::bigint, now() + %(ttl_ms)s * interval '1 ms')
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
WHERE r.expires_at <= now()
RETURNING true
