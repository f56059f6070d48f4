-- The latest times a schedule was sent for.
SELECT scheduled_for, asked_by, created_at, sent_at, message_id
FROM scout.schedule_runs
WHERE schedule = %(name)s
ORDER BY scheduled_for DESC
LIMIT %(limit)s
