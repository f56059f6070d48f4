-- Whoever takes a step, pauses, resumes or cancels holds the row: one at a time.
SELECT id, organization_id, camera_id, since, before, which, listed, oldest_first, state, created_at,
       max_in_flight, rate, max_cost, until, yield_at, expected_cost, cursor_moment, cursor_id,
       exhausted, rate_used_until, total, fed, completed, failed, skipped, cost_microdollars,
       input_tokens, output_tokens, unpriced, failures, step, stepped_at, clock_timestamp()
FROM scout.backfills
WHERE id = %(id)s
FOR NO KEY UPDATE
