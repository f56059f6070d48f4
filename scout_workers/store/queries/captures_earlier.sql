-- What the same camera saw before, newest first, for providers that compare: the index of
-- (camera_id, captured_at, id) read backwards, a handful of rows.
SELECT bucket, key
FROM scout.captures
WHERE camera_id = %(camera_id)s
  AND (captured_at, id) < (%(captured_at)s, %(id)s)
  AND state IN ('readable', 'received')
ORDER BY captured_at DESC, id DESC
LIMIT %(limit)s
