-- A process tells what it has measured, a few times a minute; what is a week old goes with it.
WITH gone AS (
    DELETE FROM scout.pool_figures WHERE at < now() - interval '7 days'
)
INSERT INTO scout.pool_figures
    (process, pool, host, pid, since, at, size, in_use, max_size, checkouts, wait_seconds, wait_p99,
     hold_seconds, hold_p99, busiest)
VALUES
    (%(process)s, %(pool)s, %(host)s, %(pid)s, now() - make_interval(secs => %(age)s), now(),
     %(size)s, %(in_use)s, %(max_size)s, %(checkouts)s, %(wait_seconds)s, %(wait_p99)s,
     %(hold_seconds)s, %(hold_p99)s, %(busiest)s)
ON CONFLICT (process, pool) DO UPDATE
SET at = excluded.at, size = excluded.size, in_use = excluded.in_use,
    max_size = excluded.max_size, checkouts = excluded.checkouts,
    wait_seconds = excluded.wait_seconds, wait_p99 = excluded.wait_p99,
    hold_seconds = excluded.hold_seconds, hold_p99 = excluded.hold_p99,
    busiest = excluded.busiest
