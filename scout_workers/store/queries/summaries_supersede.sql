-- Makes room for another summary in the unique index of current ones; the old one is kept. A range,
-- since a day may have had other bounds in another time zone.
UPDATE scout.summaries
SET current = false, superseded_by = %(id)s
WHERE organization_id = %(organization_id)s AND camera_id IS NOT DISTINCT FROM %(camera_id)s
  AND kind = %(kind)s AND window_start >= %(window_start)s AND window_start < %(window_end)s
  AND current AND id <> %(id)s
