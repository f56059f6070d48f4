-- The names of those whose time has come, each to be taken by itself.
SELECT name
FROM scout.schedules
WHERE next_at <= %(moment)s AND enabled AND paused_at IS NULL AND retired_at IS NULL
ORDER BY name
