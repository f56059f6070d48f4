-- Paused by a person: the first who did it is remembered.
UPDATE scout.schedules
SET paused_at = now(), paused_by = %(by)s
WHERE name = %(name)s AND paused_at IS NULL
