-- What a batch has the model read: each content once, however many texts have it, and in an order
-- that depends on nothing else, so that the same contents are the same question.
SELECT t.content_hash, min(t.body)
FROM scout.embedding_due d
JOIN scout.search_texts t USING (organization_id, source_kind, source_id)
WHERE d.organization_id = %(organization_id)s AND d.batch_id = %(id)s
GROUP BY t.content_hash
ORDER BY t.content_hash
