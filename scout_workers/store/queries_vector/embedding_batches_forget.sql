-- Settled batches have told all they have to tell: the ledger keeps what was paid.
DELETE FROM scout.embedding_batches
WHERE id IN (SELECT id FROM scout.embedding_batches
             WHERE settled_at < now() - %(days)s * interval '1 day'
             ORDER BY settled_at
             LIMIT 500
             FOR UPDATE SKIP LOCKED)
