-- Leave a mark that others look for, such as that a barrier was reached.
INSERT INTO {schema}.rate_limit (key, value, expires_at)
VALUES (%(key)s, 1, now() + %(ttl_ms)s * interval '1 ms')
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
