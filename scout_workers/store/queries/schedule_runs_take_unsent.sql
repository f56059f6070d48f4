-- Runs whose message never went out, as far as anybody wrote down: each is given to one scheduler,
-- and not again for a while.
UPDATE scout.schedule_runs AS run
SET tried_at = now()
FROM scout.schedules AS schedule
WHERE schedule.name = run.schedule
  AND (run.schedule, run.scheduled_for) IN (
      SELECT unsent.schedule, unsent.scheduled_for
      FROM scout.schedule_runs AS unsent
      WHERE unsent.sent_at IS NULL
        AND unsent.tried_at < now() - make_interval(secs => %(after)s)
      ORDER BY unsent.tried_at
      LIMIT %(most)s
      FOR UPDATE SKIP LOCKED)
RETURNING run.schedule, run.scheduled_for, schedule.actor, schedule.arguments
