-- Its message is on its way; the first one counts.
UPDATE scout.schedule_runs
SET sent_at = now(), message_id = %(message_id)s
WHERE schedule = %(schedule)s AND scheduled_for = %(scheduled_for)s AND sent_at IS NULL
