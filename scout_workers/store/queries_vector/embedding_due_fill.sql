-- A page of all texts there are, in the order of their key: those that have no vector of this model are
-- due. Those a model refused are due already, with the reason.
WITH page AS MATERIALIZED (
    SELECT organization_id, source_kind, source_id, content_hash
    FROM scout.search_texts
    WHERE (organization_id, source_kind, source_id)
          > (%(organization_id)s::uuid, %(source_kind)s::text, %(source_id)s::uuid)
    ORDER BY organization_id, source_kind, source_id
    LIMIT %(page)s
),
filled AS (
    INSERT INTO scout.embedding_due (model_id, organization_id, source_kind, source_id, lane)
    SELECT %(model_id)s, p.organization_id, p.source_kind, p.source_id, 'backfill'
    FROM page p
    WHERE p.source_kind <> 'headline'
      AND NOT EXISTS (SELECT FROM scout.embeddings e
                      WHERE (e.organization_id, e.source_kind, e.source_id, e.model_id)
                            = (p.organization_id, p.source_kind, p.source_id, %(model_id)s)
                        AND e.content_hash = p.content_hash)
    ON CONFLICT (organization_id, source_kind, source_id, model_id) DO NOTHING
    RETURNING 1
)
SELECT organization_id, source_kind, source_id,
       (SELECT count(*) FROM page), (SELECT count(*) FROM filled)
FROM page
ORDER BY organization_id DESC, source_kind DESC, source_id DESC
LIMIT 1
