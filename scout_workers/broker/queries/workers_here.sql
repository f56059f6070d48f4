-- The worker processes of one pid space of one machine (a container is one): how long ago each was heard
-- of. By the host's name too, since a system without /proc tells nothing of the other two.
SELECT pid, extract(epoch FROM now() - heartbeat_at)::float8 AS heartbeat_age, draining
FROM {schema}.worker
WHERE host = %(host)s AND boot_id = %(boot_id)s AND pid_space = %(pid_space)s
ORDER BY pid
