-- Note outcomes whose messages a caller's transaction acknowledged, in the transaction that writes
-- their effects, and tell which were not noted before: the others' effects are written, though the
-- reply was lost. A first try that still runs is waited for; in the order of the keys, so that two
-- tries cannot wait for each other.
INSERT INTO {schema}.enqueued (key)
SELECT key FROM unnest(%(keys)s::uuid[]) AS n (key) ORDER BY key
ON CONFLICT DO NOTHING
RETURNING key
