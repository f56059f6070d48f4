-- Deliveries whose time came and that nobody tried: their message is gone. Put off, so that the
-- next sweep leaves them to the message that is sent now.
UPDATE scout.event_deliveries
SET next_try_at = now() + interval '1 hour'
WHERE (event_id, target) IN (
    SELECT event_id, target
    FROM scout.event_deliveries
    WHERE state = 'pending' AND next_try_at < now() - make_interval(secs => %(after)s)
    ORDER BY next_try_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED)
RETURNING event_id, target
