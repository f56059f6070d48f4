-- Texts that this model can not be asked for yet: neither embedded, nor refused by it for good.
SELECT count(*)
FROM scout.search_texts t
WHERE t.source_kind <> 'headline'
  AND NOT EXISTS (SELECT FROM scout.embeddings e
                  WHERE (e.organization_id, e.source_kind, e.source_id, e.model_id)
                        = (t.organization_id, t.source_kind, t.source_id, %(model_id)s)
                    AND e.content_hash = t.content_hash)
  AND NOT EXISTS (SELECT FROM scout.embedding_due d
                  WHERE (d.organization_id, d.source_kind, d.source_id, d.model_id)
                        = (t.organization_id, t.source_kind, t.source_id, %(model_id)s)
                    AND d.error_class IS NOT NULL)
