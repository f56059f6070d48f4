-- The worker processes that have registered, and how long ago each was last heard of.
SELECT w.id, w.host, w.pid, w.version, w.queues, w.threads, w.draining, w.started_at,
       extract(epoch FROM now() - w.heartbeat_at)::float8 AS heartbeat_age,
       (SELECT count(*) FROM {schema}.message m
        WHERE m.state = 'leased' AND m.lease_owner = w.id) AS leased,
       w.drain_asked_at, w.drain_asked_by
FROM {schema}.worker w
ORDER BY w.started_at
