-- Neither asked nor fed any more; its vectors lie where they are until they are removed.
UPDATE scout.embedding_models
SET state = 'retired', retired_at = now()
WHERE state <> 'retired' AND (id = %(id)s::smallint OR (%(id)s::smallint IS NULL AND state = 'active'))
