-- An operator's word, under the row's lock. What is started anew reckons its speed anew, and its next
-- step is due at once: whatever message an earlier step sent is none by then.
UPDATE scout.backfills
SET state = %(state)s, state_reason = %(state_reason)s,
    ended_at = CASE WHEN %(state)s = 'cancelled' THEN clock_timestamp() END,
    started_at = CASE WHEN %(state)s = 'running'
                      THEN coalesce(started_at, clock_timestamp()) ELSE started_at END,
    speed_since = CASE WHEN %(state)s = 'running' THEN clock_timestamp() ELSE speed_since END,
    speed_from = CASE WHEN %(state)s = 'running' THEN completed + failed + skipped
                      ELSE speed_from END,
    max_in_flight = coalesce(%(max_in_flight)s, max_in_flight),
    rate = CASE WHEN %(set_rate)s THEN %(rate)s ELSE rate END,
    max_cost = CASE WHEN %(set_max_cost)s THEN %(max_cost)s ELSE max_cost END,
    until = CASE WHEN %(set_until)s THEN %(until)s ELSE until END,
    yield_at = coalesce(%(yield_at)s, yield_at),
    step = step + 1, stepped_at = clock_timestamp(), next_step_at = clock_timestamp()
WHERE id = %(id)s
RETURNING step
