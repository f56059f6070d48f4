-- Workers that have missed their heartbeats are dead. One that beats at this very moment holds the
-- row's lock, and is looked at again afterwards: it stays.
DELETE FROM {schema}.worker
WHERE heartbeat_at < now() - %(dead_after)s * interval '1 second'
RETURNING id
