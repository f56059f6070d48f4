-- One model by its name, locked: whoever changes what it is for takes turns.
SELECT m.id, m.provider, m.model, m.dimensions, m.state,
       (SELECT n.nspname FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector')
FROM scout.embedding_models m
WHERE m.provider = %(provider)s AND m.model = %(model)s
FOR UPDATE
