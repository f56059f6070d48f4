-- What a dead message left of a day, if it left anything. Under the day's lock.
SELECT id, run_no
FROM scout.insight_runs
WHERE organization_id = %(organization_id)s AND day = %(day)s AND settled_at IS NULL
