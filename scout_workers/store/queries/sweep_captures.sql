-- Captures nobody began with: written, and then the sender died before their message went out.
-- What is older than two days was left so on purpose, or is a backfill's.
UPDATE scout.captures
SET swept_at = now()
WHERE id IN (
    SELECT capture.id
    FROM scout.captures AS capture
    WHERE capture.state = 'received'
      AND capture.received_at < now() - make_interval(secs => %(after)s)
      AND capture.received_at > now() - interval '2 days'
      AND (capture.swept_at IS NULL OR capture.swept_at < now() - interval '1 hour')
      AND NOT EXISTS (SELECT FROM scout.analyses WHERE capture_id = capture.id)
    ORDER BY capture.received_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED)
RETURNING id
