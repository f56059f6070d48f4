-- What processes have told of their pools lately.
SELECT pool, host, pid, extract(epoch FROM at - since)::float8,
       extract(epoch FROM now() - at)::float8, size, in_use, max_size, checkouts, wait_seconds,
       wait_p99, hold_seconds, hold_p99, busiest
FROM scout.pool_figures
WHERE at > now() - make_interval(secs => %(seconds)s)
ORDER BY host, pid, pool
