-- The newest local days on which something of a camera was described.
SELECT DISTINCT (c.captured_at AT TIME ZONE %(time_zone)s)::date AS day
FROM scout.captures AS c
WHERE c.organization_id = %(organization_id)s AND c.camera_id = %(camera_id)s
  AND EXISTS (SELECT FROM scout.analyses AS a WHERE a.capture_id = c.id AND a.state = 'completed'
                    AND a.origin <> 'eval')
ORDER BY day DESC
LIMIT %(limit)s
