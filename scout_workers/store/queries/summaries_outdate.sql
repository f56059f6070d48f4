-- What was begun from older facts of the window is no longer wanted: its finish will find its lease
-- gone. Under the window's lock.
UPDATE scout.summaries
SET state = 'skipped', settled_at = now(), lease_token = NULL, error_class = 'superseded',
    error_detail = 'there were newer facts before it was finished', superseded_by = %(id)s
WHERE organization_id = %(organization_id)s AND camera_id IS NOT DISTINCT FROM %(camera_id)s
  AND kind = %(kind)s AND window_start = %(window_start)s AND settled_at IS NULL AND id <> %(id)s
