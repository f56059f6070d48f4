-- Backfills whose next step is long due: its message is lost, or waits behind others.
SELECT id, step
FROM scout.backfills
WHERE next_step_at < clock_timestamp() - %(seconds)s::float8 * interval '1 second'
ORDER BY next_step_at
LIMIT 100
