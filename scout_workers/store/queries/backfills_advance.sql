-- What one step leaves behind, all of it in the commit that sends its messages.
UPDATE scout.backfills
SET step = step + 1, stepped_at = clock_timestamp(),
    next_step_at = clock_timestamp() + %(pause)s::float8 * interval '1 second',
    state = %(state)s, state_reason = coalesce(%(state_reason)s, state_reason),
    ended_at = CASE WHEN %(state)s IN ('completed', 'cancelled')
                    THEN coalesce(ended_at, clock_timestamp()) END,
    cursor_moment = %(cursor_moment)s, cursor_id = %(cursor_id)s, exhausted = %(exhausted)s,
    rate_used_until = %(rate_used_until)s,
    fed = %(fed)s, completed = %(completed)s, failed = %(failed)s, skipped = %(skipped)s,
    total = %(total)s,
    cost_microdollars = %(cost_microdollars)s, input_tokens = %(input_tokens)s,
    output_tokens = %(output_tokens)s, unpriced = %(unpriced)s, failures = %(failures)s
WHERE id = %(id)s
