-- When something ran by the clock, long ago; a run that was never sent stays until it is.
DELETE FROM scout.schedule_runs
WHERE (schedule, scheduled_for) IN (
    SELECT schedule, scheduled_for
    FROM scout.schedule_runs
    WHERE created_at < now() - make_interval(secs => %(age)s) AND sent_at IS NOT NULL
    ORDER BY created_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED)
