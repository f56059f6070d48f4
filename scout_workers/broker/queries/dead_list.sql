-- Dead messages, the latest first, without their payloads; a filter that is NULL filters nothing.
SELECT id, message_id, queue, actor, attempt, enqueued_at, died_at, reason, error,
       {schema}.cause(error) AS cause
FROM {schema}.dead_message
WHERE (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s::bigint[]))
  AND (%(message_id)s::text IS NULL OR message_id = %(message_id)s)
  AND (%(queue)s::text IS NULL OR queue = %(queue)s)
  AND (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(cause)s::text IS NULL OR {schema}.cause(error) = %(cause)s)
  AND (%(error)s::text IS NULL OR strpos(lower(error), lower(%(error)s)) > 0
       OR strpos(lower({schema}.cause(error)), lower(%(error)s)) > 0)
  AND (%(since)s::timestamptz IS NULL OR died_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR died_at <= %(until)s)
ORDER BY died_at DESC, id DESC
LIMIT %(most)s
