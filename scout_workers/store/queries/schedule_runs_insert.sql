-- The right to send for this time: one scheduler gets the row, all others nothing.
INSERT INTO scout.schedule_runs (schedule, scheduled_for, asked_by)
VALUES (%(schedule)s, %(scheduled_for)s, %(asked_by)s)
ON CONFLICT (schedule, scheduled_for) DO NOTHING
