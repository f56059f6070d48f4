-- The times that passed during a pause were not missed but unwanted: the next one is to come.
UPDATE scout.schedules
SET paused_at = NULL, paused_by = NULL, next_at = %(next_at)s
WHERE name = %(name)s AND paused_at IS NOT NULL
