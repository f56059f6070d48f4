-- How a batch ended, or that it is to be tried again. Fenced: it touches nothing under another token,
-- and to say the same again (after a commit whose reply was lost) is no harm.
UPDATE scout.embedding_batches
SET state = %(state)s, error_class = %(error_class)s, error_detail = %(error_detail)s,
    touched_at = now(),
    settled_at = CASE WHEN %(settled)s::boolean THEN now() END
WHERE id = %(id)s AND lease_token = %(lease_token)s AND state IN ('running', %(state)s)
