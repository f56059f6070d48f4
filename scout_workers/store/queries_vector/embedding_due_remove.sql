-- Some of what a retired model will not embed any more.
DELETE FROM scout.embedding_due
WHERE ctid = ANY (ARRAY(SELECT d.ctid FROM scout.embedding_due d
                        JOIN scout.embedding_models m ON m.id = d.model_id
                        WHERE d.model_id = %(model_id)s AND m.state = 'retired'
                        LIMIT %(page)s))
