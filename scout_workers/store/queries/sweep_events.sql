-- Events whose broadcast never came: each is sent again, and looked at again in an hour.
UPDATE scout.events
SET swept_at = now()
WHERE id IN (
    SELECT id
    FROM scout.events
    WHERE broadcast_at IS NULL AND created_at < now() - make_interval(secs => %(after)s)
      AND (swept_at IS NULL OR swept_at < now() - interval '1 hour')
    ORDER BY created_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED)
RETURNING id
