-- A batch of a model that is neither asked nor built any more: nobody needs its vectors.
DELETE FROM scout.embedding_due
WHERE organization_id = %(organization_id)s AND batch_id = %(id)s
