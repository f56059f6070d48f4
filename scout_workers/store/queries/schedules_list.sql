-- Every schedule with the latest time it was sent for, the retired ones last.
SELECT name, cron, time_zone, actor, arguments, misfire, enabled, paused_at, paused_by, retired_at,
       next_at, missed,
       (SELECT max(scheduled_for) FROM scout.schedule_runs WHERE schedule = name)
FROM scout.schedules
ORDER BY retired_at IS NOT NULL, name
