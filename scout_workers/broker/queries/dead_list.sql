-- Dead messages, the latest first, without their payloads; a filter that is NULL filters nothing.
SELECT id, message_id, queue, actor, attempt, enqueued_at, died_at, reason, error
FROM {schema}.dead_message
WHERE (%(queue)s::text IS NULL OR queue = %(queue)s)
  AND (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(error)s::text IS NULL OR strpos(lower(error), lower(%(error)s)) > 0)
  AND (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s::bigint[]))
ORDER BY died_at DESC, id DESC
LIMIT %(most)s
