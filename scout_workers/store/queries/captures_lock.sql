-- All who begin with the same capture take turns here. NO KEY UPDATE is enough for that, and it
-- does not make the foreign keys of unrelated inserts wait.
SELECT id, organization_id, camera_id, bucket, key, captured_at, state
FROM scout.captures
WHERE id = %(id)s
FOR NO KEY UPDATE
