-- What every queue holds, counted no further than `most` of a kind: for whoever looks every second,
-- however many messages there are (queue_stats.sql reads them all). Walks of the partial indexes, each
-- in the index's own order, so that LIMIT is where it ends: of ready ones a walk for each queue and
-- priority there is, which are found by skipping from one to the next. `oldest` is the age of whoever is
-- next in the queue, which is as good as the oldest; `next_due` is negative for what is overdue.
WITH RECURSIVE place (queue, priority) AS (
    (SELECT queue, priority FROM {schema}.message WHERE state = 'ready'
     ORDER BY queue, priority, seq LIMIT 1)
    UNION ALL
    SELECT further.queue, further.priority
    FROM place
    CROSS JOIN LATERAL (
        SELECT m.queue, m.priority
        FROM {schema}.message m
        WHERE m.state = 'ready' AND (m.queue, m.priority) > (place.queue, place.priority)
        ORDER BY m.queue, m.priority, m.seq LIMIT 1
    ) further
),
ready AS (
    SELECT place.queue, sum(walked.messages)::bigint AS messages, min(walked.oldest) AS oldest
    FROM place
    CROSS JOIN LATERAL (
        SELECT count(*) AS messages, (array_agg(walk.available_at))[1] AS oldest
        FROM (
            SELECT m.available_at
            FROM {schema}.message m
            WHERE m.state = 'ready' AND m.queue = place.queue AND m.priority = place.priority
            ORDER BY m.queue, m.priority, m.seq LIMIT %(most)s::int
        ) walk
    ) walked
    GROUP BY place.queue
),
scheduled AS (
    SELECT queue, count(*) AS messages, min(available_at) AS next
    FROM (
        SELECT queue, available_at FROM {schema}.message WHERE state = 'scheduled'
        ORDER BY available_at LIMIT %(most)s::int
    ) walk
    GROUP BY queue
),
leased AS (
    SELECT queue, count(*) AS messages
    FROM (
        SELECT queue FROM {schema}.message WHERE state = 'leased'
        ORDER BY lease_owner LIMIT %(most)s::int
    ) walk
    GROUP BY queue
),
grave (queue) AS (
    (SELECT queue FROM {schema}.dead_message ORDER BY queue, died_at LIMIT 1)
    UNION ALL
    SELECT further.queue
    FROM grave
    CROSS JOIN LATERAL (
        SELECT d.queue FROM {schema}.dead_message d WHERE d.queue > grave.queue
        ORDER BY d.queue, d.died_at LIMIT 1
    ) further
),
dead AS (
    SELECT grave.queue, ever.messages, lately.messages AS within_a_day
    FROM grave
    CROSS JOIN LATERAL (
        SELECT count(*) AS messages
        FROM (SELECT FROM {schema}.dead_message d WHERE d.queue = grave.queue
              LIMIT %(most)s::int) walk
    ) ever
    CROSS JOIN LATERAL (
        SELECT count(*) AS messages
        FROM (SELECT FROM {schema}.dead_message d
              WHERE d.queue = grave.queue AND d.died_at > now() - interval '1 day'
              LIMIT %(most)s::int) walk
    ) lately
)
SELECT queue, coalesce(ready.messages, 0) AS ready, coalesce(scheduled.messages, 0) AS scheduled,
       coalesce(leased.messages, 0) AS leased, coalesce(dead.messages, 0) AS dead,
       coalesce(dead.within_a_day, 0) AS died_within_a_day,
       extract(epoch FROM now() - ready.oldest)::float8 AS oldest_ready_seconds,
       extract(epoch FROM scheduled.next - now())::float8 AS next_due_seconds,
       CASE WHEN said.holds THEN said.paused_at END, CASE WHEN said.holds THEN said.paused_by END,
       CASE WHEN said.holds THEN said.paused_because END, said.global_limit, said.process_limit
FROM ready
FULL JOIN scheduled USING (queue)
FULL JOIN leased USING (queue)
FULL JOIN dead USING (queue)
FULL JOIN (
    SELECT *, paused_at IS NOT NULL AND (paused_until IS NULL OR paused_until > now()) AS holds
    FROM {schema}.queue_control
) said USING (queue)
ORDER BY queue
