-- A window is begun under its lock: what is news from here on is news again. A range, since the day
-- of another time zone that is due by its old bounds is answered by this one.
DELETE FROM scout.summary_due
WHERE organization_id = %(organization_id)s AND camera_id IS NOT DISTINCT FROM %(camera_id)s
  AND kind = %(kind)s AND window_start >= %(window_start)s AND window_start < %(window_end)s
