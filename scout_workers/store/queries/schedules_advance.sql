-- The times up to next_at are dealt with; by whoever holds the row's lock.
UPDATE scout.schedules
SET next_at = %(next_at)s, missed = missed + %(missed)s
WHERE name = %(name)s
