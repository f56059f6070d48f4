-- A content that has its vector already, under another text of the organization, is not asked for:
-- cameras say the same of many pictures.
WITH known AS MATERIALIZED (
    SELECT t.organization_id, t.source_kind, t.source_id, d.model_id, t.content_hash, t.camera_id,
           t.observed_at, t.severity, e.embedding
    FROM scout.embedding_due d
    JOIN scout.search_texts t USING (organization_id, source_kind, source_id)
    CROSS JOIN LATERAL (
        SELECT e.embedding
        FROM scout.embeddings e
        WHERE (e.organization_id, e.content_hash, e.model_id)
              = (t.organization_id, t.content_hash, d.model_id)
        LIMIT 1
    ) AS e
    WHERE d.organization_id = %(organization_id)s AND d.batch_id = %(id)s
),
written AS (
    INSERT INTO scout.embeddings (organization_id, source_kind, source_id, model_id, content_hash,
                                  camera_id, observed_at, severity, embedding)
    SELECT * FROM known
    ON CONFLICT (organization_id, source_kind, source_id, model_id) DO UPDATE
    SET content_hash = excluded.content_hash, observed_at = excluded.observed_at,
        severity = excluded.severity, embedding = excluded.embedding
)
DELETE FROM scout.embedding_due d
USING known k
WHERE (d.organization_id, d.source_kind, d.source_id, d.model_id)
      = (k.organization_id, k.source_kind, k.source_id, k.model_id)
