-- Captures of a comparison, in order of time.
SELECT id, captured_at, source, bucket, key
FROM scout.captures
WHERE organization_id = %(organization_id)s AND id = ANY(%(captures)s::uuid[])
ORDER BY captured_at, id
