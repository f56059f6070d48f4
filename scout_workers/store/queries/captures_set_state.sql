-- Always takes the row's lock, before the analysis is written, as `begin` does: one order of locks,
-- no deadlock. An expired capture stays expired: its image is gone.
UPDATE scout.captures
SET state = CASE state WHEN 'expired' THEN state ELSE %(state)s END,
    state_reason = CASE state WHEN 'expired' THEN state_reason ELSE %(reason)s END
WHERE id = %(id)s
