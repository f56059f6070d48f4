-- One due schedule, for this transaction alone. Whoever finds it locked leaves it: the holder moves
-- next_at on, and if it dies instead the next look finds it again.
SELECT name, cron, time_zone, actor, arguments, misfire, enabled, paused_at, paused_by, retired_at,
       next_at, missed
FROM scout.schedules
WHERE name = %(name)s AND next_at <= %(moment)s
  AND enabled AND paused_at IS NULL AND retired_at IS NULL
FOR NO KEY UPDATE SKIP LOCKED
