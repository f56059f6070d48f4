-- The same fence for a failure: back to pending, deferred, or failed for good. Safe to repeat after
-- a commit whose reply was lost, since the token stays.
UPDATE scout.profile_generations
SET state = %(state)s, error_class = %(error_class)s, error_detail = %(error_detail)s,
    settled_at = CASE WHEN %(state)s = 'failed' THEN coalesce(settled_at, now()) END
WHERE id = %(id)s AND lease_token = %(lease_token)s AND state IN ('running', %(state)s)
