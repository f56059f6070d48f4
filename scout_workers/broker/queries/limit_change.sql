-- Change a counter if it stays between two bounds; a row is returned if it was changed. No counter,
-- or an expired one, is a counter at 0. Who is refused by what is committed already writes nothing
-- and waits for nobody; for the others ON CONFLICT decides on the row as it is once nobody else
-- writes it. That the counter is pruned in between cannot happen: prune_limits.sql leaves the
-- expired alone for longer than any statement may take.
INSERT INTO {schema}.rate_limit AS r (key, value, expires_at)
SELECT %(key)s, %(change)s::bigint, now() + %(ttl_ms)s * interval '1 ms'
WHERE coalesce((
    SELECT c.value FROM {schema}.rate_limit c WHERE c.key = %(key)s AND c.expires_at > now()
), 0) + %(change)s::bigint BETWEEN %(lowest)s::bigint AND %(highest)s::bigint
ON CONFLICT (key) DO UPDATE
SET value = CASE WHEN r.expires_at > now() THEN r.value ELSE 0 END + excluded.value,
    expires_at = excluded.expires_at
WHERE CASE WHEN r.expires_at > now() THEN r.value ELSE 0 END + excluded.value
    BETWEEN %(lowest)s::bigint AND %(highest)s::bigint
RETURNING true
