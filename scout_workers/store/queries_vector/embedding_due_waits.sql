-- Whether an organization's texts wait for a batch: whoever ends one then has the next ones gathered.
SELECT EXISTS (
    SELECT FROM scout.embedding_due
    WHERE organization_id = %(organization_id)s AND model_id = %(model_id)s
      AND batch_id IS NULL AND error_class IS NULL
)
