-- Open batches that nobody has touched for long: their messages are dead, or were never sent because
-- the process died between its commit and another broker. They are sent again; should the first
-- message live, the second finds the work done.
UPDATE scout.embedding_batches
SET touched_at = now()
WHERE id IN (SELECT id FROM scout.embedding_batches
             WHERE settled_at IS NULL
               AND touched_at < now() - %(seconds)s * interval '1 second'
             ORDER BY touched_at
             LIMIT 100
             FOR UPDATE SKIP LOCKED)
RETURNING id, lane
