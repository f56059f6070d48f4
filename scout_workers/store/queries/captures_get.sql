-- One capture by its id, without locking it.
SELECT id, organization_id, camera_id, bucket, key, captured_at, state
FROM scout.captures
WHERE id = %(id)s
