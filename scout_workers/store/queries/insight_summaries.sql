-- The current day summaries of an organization's cameras: what insights are found in.
SELECT s.facts, s.severity, s.headline, s.body
FROM scout.summaries AS s
JOIN scout.cameras AS k ON k.organization_id = s.organization_id AND k.id = s.camera_id
WHERE s.organization_id = %(organization_id)s AND s.kind = 'day' AND s.current
  AND s.window_start >= %(window_start)s AND s.window_start < %(window_end)s
ORDER BY k.name, s.id
LIMIT %(limit)s
