-- The texts with these contents go with another batch.
UPDATE scout.embedding_due d
SET batch_id = %(to)s
FROM scout.search_texts t
WHERE d.organization_id = %(organization_id)s AND d.batch_id = %(id)s
  AND (t.organization_id, t.source_kind, t.source_id)
      = (d.organization_id, d.source_kind, d.source_id)
  AND t.content_hash = ANY(%(hashes)s::bytea[])
