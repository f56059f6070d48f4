-- Backfills, newest first, each with what is in flight for it by the state it is in at this moment:
-- "waiting" where nobody has begun. What is settled already is counted with the next step.
SELECT b.id, o.name AS organization, o.time_zone, k.name AS camera, b.wish, b.state, b.state_reason,
       b.created_at, b.created_by, b.started_at, b.ended_at, b.max_in_flight, b.rate, b.max_cost,
       b.until, b.yield_at, b.exhausted, b.total, b.fed, b.completed, b.failed, b.skipped,
       b.cost_microdollars, b.input_tokens, b.output_tokens, b.unpriced, b.failures, b.cursor_moment,
       extract(epoch FROM coalesce(b.ended_at, clock_timestamp()) - b.speed_since)::float8
           AS speed_seconds,
       b.completed + b.failed + b.skipped - b.speed_from AS speed_captures,
       extract(epoch FROM clock_timestamp() - b.next_step_at)::float8 AS overdue_seconds, b.step,
       coalesce(flying.states, '{}'::jsonb) AS in_flight
FROM scout.backfills AS b
JOIN scout.organizations AS o ON o.id = b.organization_id
LEFT JOIN scout.cameras AS k ON k.id = b.camera_id
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(counted.state, counted.captures) AS states
    FROM (
        SELECT CASE WHEN a.state IS NULL THEN 'waiting'
                    WHEN a.state = 'deferred' THEN 'deferred: ' || a.error_class
                    ELSE a.state END AS state,
               count(*) AS captures
        FROM scout.backfill_items AS i
        LEFT JOIN LATERAL (
            SELECT state, error_class
            FROM scout.analyses
            WHERE capture_id = i.capture_id AND origin <> 'eval'
              AND (settled_at IS NULL OR settled_at >= i.fed_at)
            ORDER BY settled_at IS NULL DESC, created_at DESC
            LIMIT 1
        ) AS a ON true
        WHERE i.backfill_id = b.id AND i.state = 'in_flight'
        GROUP BY 1
    ) AS counted
) AS flying ON true
WHERE (%(id)s::uuid IS NULL OR b.id = %(id)s::uuid)
  AND (%(organization)s::text IS NULL OR o.name = %(organization)s::text)
  AND (NOT %(active)s::boolean OR b.state IN ('planned', 'running', 'paused'))
ORDER BY b.created_at DESC, b.id
LIMIT %(limit)s::int
