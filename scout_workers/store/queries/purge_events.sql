-- Events that were told, with the rows of whom; what still waits for a target stays.
DELETE FROM scout.events
WHERE id IN (
    SELECT event.id
    FROM scout.events AS event
    WHERE event.created_at < now() - make_interval(secs => %(age)s)
      AND event.broadcast_at IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM scout.event_deliveries
          WHERE event_id = event.id AND state = 'pending')
    ORDER BY event.created_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED)
