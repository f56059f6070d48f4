-- What every queue holds, for a person to look at: it reads the whole table, so not in a hot loop.
SELECT
    queue,
    coalesce(sum(n) FILTER (WHERE state = 'ready'), 0)::bigint AS ready,
    coalesce(sum(n) FILTER (WHERE state = 'scheduled'), 0)::bigint AS scheduled,
    coalesce(sum(n) FILTER (WHERE state = 'leased'), 0)::bigint AS leased,
    coalesce(sum(n) FILTER (WHERE state = 'dead'), 0)::bigint AS dead,
    extract(epoch FROM now() - min(oldest) FILTER (WHERE state = 'ready'))::float8
        AS oldest_ready_seconds,
    bool_or(paused) AS paused
FROM (
    SELECT queue, state, count(*) AS n, min(available_at) AS oldest, false AS paused
    FROM {schema}.message GROUP BY queue, state
    UNION ALL
    SELECT queue, 'dead', count(*), NULL, false FROM {schema}.dead_message GROUP BY queue
    UNION ALL
    SELECT queue, 'control', 0, NULL,
           paused_at IS NOT NULL AND (paused_until IS NULL OR paused_until > now())
    FROM {schema}.queue_control
) counted
GROUP BY queue
ORDER BY queue
