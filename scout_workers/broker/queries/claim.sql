-- Claim up to `slots` ready messages of each queue, all queues in one statement, and tell when the
-- next scheduled message is due. LATERAL gives each queue its own walk of message_ready in order;
-- SKIP LOCKED passes over what another worker is claiming; MATERIALIZED keeps LIMIT a limit (an
-- inlined sub-select may be run again by the join). A worker that was declared dead, whose row is
-- gone, claims nothing.
WITH wanted AS (
    SELECT w.queue, w.slots
    FROM unnest(%(queues)s::text[], %(slots)s::int[]) AS w (queue, slots)
    WHERE EXISTS (SELECT FROM {schema}.worker WHERE id = %(owner)s)
      AND NOT EXISTS (
          SELECT FROM {schema}.queue_control c WHERE c.queue = w.queue AND c.paused_at IS NOT NULL)
),
picked AS MATERIALIZED (
    SELECT ready.id
    FROM wanted
    CROSS JOIN LATERAL (
        SELECT m.id
        FROM {schema}.message m
        WHERE m.state = 'ready' AND m.queue = wanted.queue
        ORDER BY m.priority, m.seq
        LIMIT wanted.slots
        FOR UPDATE SKIP LOCKED
    ) ready
),
claimed AS (
    UPDATE {schema}.message m
    SET state = 'leased', attempt = m.attempt + 1, lease_owner = %(owner)s, leased_at = now()
    FROM picked
    WHERE m.id = picked.id
    RETURNING m.id, m.attempt, m.queue, m.priority, m.seq, m.rescues, m.payload
)
SELECT due.in_seconds, c.id, c.attempt, c.queue, c.priority, c.seq, c.rescues, c.payload
FROM (
    SELECT extract(epoch FROM min(available_at) - now())::float8 AS in_seconds
    FROM {schema}.message WHERE state = 'scheduled'
) due
LEFT JOIN claimed c ON true
