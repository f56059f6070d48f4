-- Analyses that have not moved for a while, those looked at longest ago first; whether their
-- message still lives is for the caller to find out. All are marked as looked at.
UPDATE scout.analyses
SET swept_at = now()
WHERE id IN (
    SELECT id
    FROM scout.analyses
    WHERE state IN ('pending', 'running', 'deferred')
      AND coalesce(swept_at, started_at, created_at) < now() - make_interval(secs => %(after)s)
    ORDER BY coalesce(swept_at, started_at, created_at)
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED)
RETURNING id, capture_id, run_no, lease_token, extract(epoch FROM now() - created_at)::float8
