-- It was told, or is given up; of this telling only, and the first to say so counts.
UPDATE scout.event_deliveries
SET state = %(state)s, attempts = attempts + 1, settled_at = now(), last_error = %(error)s
WHERE event_id = %(event_id)s AND target = %(target)s AND event_at = %(event_at)s
  AND state = 'pending'
