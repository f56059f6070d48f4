-- Taken before the analysis is written, as `begin` does: one order of locks, no deadlock.
UPDATE scout.captures
SET state = %(state)s, state_reason = %(reason)s
WHERE id = %(id)s
