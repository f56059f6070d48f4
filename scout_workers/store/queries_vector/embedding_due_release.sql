-- What is left of a batch that ended: texts that were not what they are now when it was sent.
UPDATE scout.embedding_due
SET batch_id = NULL
WHERE organization_id = %(organization_id)s AND batch_id = %(id)s
