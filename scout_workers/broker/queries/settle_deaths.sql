-- Move a batch to the dead messages, each only if its claim still holds.
WITH gone AS (
    DELETE FROM {schema}.message m
    USING unnest(%(ids)s::bigint[], %(attempts)s::int[], %(reasons)s::text[], %(errors)s::text[],
                 array_fill(%(owner)s::uuid, ARRAY[cardinality(%(ids)s::bigint[])]))
        AS s (id, attempt, reason, error, owner)
    WHERE m.id = ANY (%(ids)s::bigint[])
      AND m.id = s.id AND m.attempt = s.attempt AND m.lease_owner = s.owner
    RETURNING m.*, s.reason, s.error
)
INSERT INTO {schema}.dead_message
    (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
SELECT id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload
FROM gone
RETURNING id
