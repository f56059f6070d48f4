-- What a dead message left of a window, if it left anything. Under the window's lock.
SELECT id, run_no
FROM scout.summaries
WHERE organization_id = %(organization_id)s AND camera_id IS NOT DISTINCT FROM %(camera_id)s
  AND kind = %(kind)s AND window_start = %(window_start)s AND settled_at IS NULL
