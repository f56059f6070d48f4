-- What the model refused waits again: an operator mended the cause.
UPDATE scout.embedding_due
SET error_class = NULL, error_detail = NULL, queued_at = now()
WHERE model_id = %(model_id)s AND error_class IS NOT NULL
