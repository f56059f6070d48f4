-- One schedule, for an operator's word: no tick of it is sent meanwhile.
SELECT name, cron, time_zone, actor, arguments, misfire, enabled, paused_at, paused_by, retired_at,
       next_at, missed
FROM scout.schedules
WHERE name = %(name)s
FOR NO KEY UPDATE
