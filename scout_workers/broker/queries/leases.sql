-- What worker processes are at, by the index of leases: no further than `most`.
SELECT lease_owner, id, message_id, queue, actor, attempt, leased_at,
       extract(epoch FROM now() - leased_at)::float8 AS seconds
FROM {schema}.message
WHERE state = 'leased'
ORDER BY lease_owner
LIMIT %(most)s
