-- A worker process comes up. It must be here before it claims, and comes only before it claims: the
-- repetition after a lost reply finds its own row.
INSERT INTO {schema}.worker
    (id, host, boot_id, pid_space, pid, pid_start, version, queues, threads)
VALUES
    (%(id)s, %(host)s, %(boot_id)s, %(pid_space)s, %(pid)s, %(pid_start)s, %(version)s,
     %(queues)s, %(threads)s)
ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()
