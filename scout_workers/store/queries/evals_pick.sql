-- The newest captures of a camera that can be looked at, for a comparison of versions.
SELECT id
FROM scout.captures
WHERE organization_id = %(organization_id)s AND camera_id = %(camera_id)s
  AND state IN ('received', 'readable')
ORDER BY captured_at DESC, id DESC
LIMIT %(limit)s
