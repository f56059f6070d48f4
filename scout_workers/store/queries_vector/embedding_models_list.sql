-- Every model and how far it has come; the active one first.
SELECT m.id, m.provider, m.model, m.dimensions, m.state,
       (SELECT n.nspname FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'),
       m.activated_at,
       (SELECT count(*) FROM scout.embeddings e WHERE e.model_id = m.id),
       (SELECT count(*) FROM scout.embedding_due d
        WHERE d.model_id = m.id AND d.error_class IS NULL),
       (SELECT count(*) FROM scout.embedding_due d
        WHERE d.model_id = m.id AND d.error_class IS NOT NULL),
       pg_catalog.pg_relation_size(to_regclass('scout.embeddings_nearest_' || m.id))
FROM scout.embedding_models m
ORDER BY m.state <> 'active', m.state <> 'building', m.id
