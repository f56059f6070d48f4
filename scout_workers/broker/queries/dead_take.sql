-- Take dead messages out, a bounded number at a time, to be enqueued again by the same transaction.
-- SKIP LOCKED: two operators who retry the same ones enqueue each once.
DELETE FROM {schema}.dead_message
WHERE id = ANY (ARRAY(
    SELECT id FROM {schema}.dead_message
    WHERE (%(queue)s::text IS NULL OR queue = %(queue)s)
      AND (%(actor)s::text IS NULL OR actor = %(actor)s)
      AND (%(error)s::text IS NULL OR strpos(lower(error), lower(%(error)s)) > 0)
      AND (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s::bigint[]))
    ORDER BY died_at, id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
))
RETURNING id, message_id, queue, actor, priority, payload
