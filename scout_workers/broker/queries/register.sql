-- A worker process comes up. It must be here before it claims.
INSERT INTO {schema}.worker
    (id, host, boot_id, pid_space, pid, pid_start, version, queues, threads)
VALUES
    (%(id)s, %(host)s, %(boot_id)s, %(pid_space)s, %(pid)s, %(pid_start)s, %(version)s,
     %(queues)s, %(threads)s)
ON CONFLICT (id) DO UPDATE
SET queues = excluded.queues, threads = excluded.threads, heartbeat_at = now()
