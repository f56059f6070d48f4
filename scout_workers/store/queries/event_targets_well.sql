-- A target that takes events again; nothing is written while it was well all along.
UPDATE scout.event_targets
SET failures = 0, blocked_until = NULL, last_error = NULL, changed_at = now()
WHERE target = %(target)s AND failures > 0
