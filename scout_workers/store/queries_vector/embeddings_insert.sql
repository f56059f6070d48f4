-- Vectors by the contents they are of: every text of the batch that has this content now gets it, and
-- is no longer due. A text that changed meanwhile finds no vector here.
WITH answered AS MATERIALIZED (
    SELECT t.organization_id, t.source_kind, t.source_id, d.model_id, t.content_hash, t.camera_id,
           t.observed_at, t.severity, a.vector::{vectors}.halfvec AS embedding
    FROM unnest(%(hashes)s::bytea[], %(vectors)s::text[]) AS a (content_hash, vector)
    JOIN scout.search_texts t ON t.content_hash = a.content_hash
    JOIN scout.embedding_due d USING (organization_id, source_kind, source_id)
    WHERE d.organization_id = %(organization_id)s AND d.batch_id = %(id)s
),
written AS (
    INSERT INTO scout.embeddings (organization_id, source_kind, source_id, model_id, content_hash,
                                  camera_id, observed_at, severity, embedding)
    SELECT * FROM answered
    ON CONFLICT (organization_id, source_kind, source_id, model_id) DO UPDATE
    SET content_hash = excluded.content_hash, observed_at = excluded.observed_at,
        severity = excluded.severity, embedding = excluded.embedding
)
DELETE FROM scout.embedding_due d
USING answered a
WHERE (d.organization_id, d.source_kind, d.source_id, d.model_id)
      = (a.organization_id, a.source_kind, a.source_id, a.model_id)
