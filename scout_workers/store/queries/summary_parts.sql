-- What a day is written from: the current hours of one camera in order of time, or (without a camera)
-- the current days of all cameras by name.
SELECT s.facts, s.severity, s.headline
FROM scout.summaries AS s
JOIN scout.cameras AS k ON k.organization_id = s.organization_id AND k.id = s.camera_id
WHERE s.organization_id = %(organization_id)s AND s.current
  AND s.kind = CASE WHEN %(camera_id)s::uuid IS NULL THEN 'day' ELSE 'hour' END
  AND (s.camera_id = %(camera_id)s OR %(camera_id)s::uuid IS NULL)
  AND s.window_start >= %(window_start)s AND s.window_start < %(window_end)s
ORDER BY s.window_start, k.name, s.id
