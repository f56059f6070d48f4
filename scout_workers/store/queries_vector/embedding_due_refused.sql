-- What a model refused for good waits for an operator.
SELECT count(*) FROM scout.embedding_due
WHERE model_id = %(model_id)s AND error_class IS NOT NULL
