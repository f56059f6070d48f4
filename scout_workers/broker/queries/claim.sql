-- Claim up to `slots` ready messages of each queue, all queues in one statement, and tell when the
-- next scheduled message is due. LATERAL gives each queue and priority its own walk of
-- message_ready in order, from a lower bound on seq that is only a hint (broker/hints.py); a
-- priority of NULL walks all of them. SKIP LOCKED passes over what another worker is claiming;
-- MATERIALIZED keeps LIMIT a limit (an inlined sub-select may be run again by the join). Of a queue
-- with several priorities each may bring `slots`, so the surplus is left where it is. A worker that
-- was declared dead, whose row is gone, claims nothing. Queues with a limit for the whole fleet are
-- left out and named: they are claimed from one by one (claim_limited.sql). ANY (ARRAY(…)) in the
-- end, not a join: a LIMIT that is a column tells the planner nothing, and it hashed the whole table.
WITH wanted AS (
    SELECT w.queue, w.priority, w.low, w.slots
    FROM unnest(%(queues)s::text[], %(priorities)s::smallint[], %(lows)s::bigint[],
                %(slots)s::int[]) AS w (queue, priority, low, slots)
    WHERE EXISTS (SELECT FROM {schema}.worker WHERE id = %(owner)s)
      AND NOT EXISTS (
          SELECT FROM {schema}.queue_control c
          WHERE c.queue = w.queue
            AND (c.global_limit IS NOT NULL
                 OR (c.paused_at IS NOT NULL
                     AND (c.paused_until IS NULL OR c.paused_until > now()))))
),
found AS MATERIALIZED (
    SELECT ready.id, ready.priority, ready.seq, wanted.queue, wanted.slots
    FROM wanted
    CROSS JOIN LATERAL (
        SELECT m.id, m.priority, m.seq
        FROM {schema}.message m
        WHERE wanted.priority IS NOT NULL
          AND m.state = 'ready' AND m.queue = wanted.queue
          AND m.priority = wanted.priority AND m.seq >= wanted.low
        ORDER BY m.priority, m.seq
        LIMIT wanted.slots
        FOR UPDATE SKIP LOCKED
    ) ready
    UNION ALL
    SELECT ready.id, ready.priority, ready.seq, wanted.queue, wanted.slots
    FROM wanted
    CROSS JOIN LATERAL (
        SELECT m.id, m.priority, m.seq
        FROM {schema}.message m
        WHERE wanted.priority IS NULL
          AND m.state = 'ready' AND m.queue = wanted.queue
        ORDER BY m.priority, m.seq
        LIMIT wanted.slots
        FOR UPDATE SKIP LOCKED
    ) ready
),
picked AS MATERIALIZED (
    SELECT id
    FROM (
        SELECT id, slots, row_number() OVER (PARTITION BY queue ORDER BY priority, seq) AS place
        FROM found
    ) placed
    WHERE place <= slots
),
claimed AS (
    UPDATE {schema}.message m
    SET state = 'leased', attempt = m.attempt + 1, lease_owner = %(owner)s, leased_at = now()
    WHERE m.id = ANY (ARRAY(SELECT id FROM picked))
    RETURNING m.id, m.attempt, m.queue, m.priority, m.seq, m.rescues, m.payload
)
SELECT now.due_in_seconds, now.limited,
       c.id, c.attempt, c.queue, c.priority, c.seq, c.rescues, c.payload
FROM (
    SELECT (SELECT extract(epoch FROM min(available_at) - now())::float8
            FROM {schema}.message WHERE state = 'scheduled') AS due_in_seconds,
           ARRAY(SELECT queue FROM {schema}.queue_control
                 WHERE queue = ANY (%(queues)s::text[])
                   AND (paused_at IS NULL OR paused_until <= now())
                   AND global_limit IS NOT NULL) AS limited
) now
LEFT JOIN claimed c ON true
