-- What is to be told whom. An event that happened again is told again, whatever became of the last
-- time; a repeated broadcast of the same one changes nothing, and gets no row.
INSERT INTO scout.event_deliveries AS known (event_id, organization_id, target, event_at)
SELECT %(event_id)s, %(organization_id)s, target, %(event_at)s
FROM unnest(%(targets)s::text[]) AS target
ON CONFLICT (event_id, target) DO UPDATE
SET event_at = excluded.event_at, state = 'pending', attempts = 0, next_try_at = now(),
    last_error = NULL, settled_at = NULL, created_at = now()
WHERE known.event_at < excluded.event_at
RETURNING target
