-- An operator wants a window tried again that failed: another run, for what was answered is answered.
UPDATE scout.summaries
SET state = 'pending', settled_at = NULL, run_no = run_no + 1
WHERE organization_id = %(organization_id)s AND camera_id IS NOT DISTINCT FROM %(camera_id)s
  AND kind = %(kind)s AND window_start = %(window_start)s AND state = 'failed'
