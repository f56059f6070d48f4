-- An operator wants a day tried again that failed: another run, for what was answered is answered.
UPDATE scout.insight_runs
SET state = 'pending', settled_at = NULL, run_no = run_no + 1
WHERE organization_id = %(organization_id)s AND day = %(day)s AND state = 'failed'
