-- The one that is asked from here on; the unique index holds that there is one.
UPDATE scout.embedding_models SET state = 'active', activated_at = now() WHERE id = %(id)s
