-- A batch and its model, locked until the transaction ends: who begins with it takes turns. The
-- schema pgvector is in comes along, since every statement on vectors names it.
SELECT b.id, b.organization_id, b.lane, b.state, m.id, m.provider, m.model, m.dimensions, m.state,
       (SELECT n.nspname FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector')
FROM scout.embedding_batches b
JOIN scout.embedding_models m ON m.id = b.model_id
WHERE b.id = %(id)s::uuid
FOR NO KEY UPDATE OF b
