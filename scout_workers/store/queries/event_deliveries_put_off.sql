-- Tried in vain, or not tried at all since its target is to be left alone: later.
UPDATE scout.event_deliveries
SET attempts = attempts + %(tried)s, next_try_at = now() + make_interval(secs => %(wait)s),
    last_error = coalesce(%(error)s, last_error)
WHERE event_id = %(event_id)s AND target = %(target)s AND event_at = %(event_at)s
  AND state = 'pending'
