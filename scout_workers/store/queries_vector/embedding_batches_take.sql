-- Whoever begins last holds the lease, and only that token ends the batch.
UPDATE scout.embedding_batches
SET state = 'running', lease_token = %(lease_token)s, attempts = attempts + 1, touched_at = now()
WHERE id = %(id)s
