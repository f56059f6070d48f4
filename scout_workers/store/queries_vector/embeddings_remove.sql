-- Some of a retired model's vectors, at a time that nobody notices.
DELETE FROM scout.embeddings
WHERE ctid = ANY (ARRAY(SELECT e.ctid FROM scout.embeddings e
                        JOIN scout.embedding_models m ON m.id = e.model_id
                        WHERE e.model_id = %(model_id)s AND m.state = 'retired'
                        LIMIT %(page)s))
