-- Nothing is returned if the blob has its capture already: an import may be repeated.
INSERT INTO scout.captures
    (organization_id, camera_id, bucket, key, captured_at, size_bytes, sha256, source)
VALUES
    (%(organization_id)s, %(camera_id)s, %(bucket)s, %(key)s, %(captured_at)s, %(size_bytes)s,
     %(sha256)s, %(source)s)
ON CONFLICT (bucket, key) DO NOTHING
RETURNING id
