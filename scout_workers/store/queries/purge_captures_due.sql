-- Captures whose image is to go by its age, oldest first, from where the last batch ended; what
-- somebody is at work on waits.
SELECT id, bucket, key, received_at
FROM scout.captures
WHERE state <> 'expired' AND received_at < now() - make_interval(secs => %(age)s)
  AND (received_at, id) > (%(after_at)s, %(after_id)s)
  AND NOT EXISTS (
      SELECT FROM scout.analyses
      WHERE capture_id = captures.id AND state IN ('pending', 'running', 'deferred'))
ORDER BY received_at, id
LIMIT %(most)s
