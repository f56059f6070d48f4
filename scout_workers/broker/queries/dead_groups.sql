-- Dead messages by what killed them, of one window of the table. It is walked by key, so many rows a
-- statement: a million rows in one would take longer than a role may, and hold a snapshot that keeps
-- vacuum from the queue. `upto` is where the next window begins, NULL behind the last. What is
-- filtered is filtered after the LIMIT, that the planner, whatever it was told of the table, has
-- nothing but the key to go by. A filter that is NULL filters nothing.
WITH walked AS MATERIALIZED (
    SELECT id, message_id, queue, actor, reason, error, died_at
    FROM {schema}.dead_message
    WHERE id > %(after)s
      AND (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s::bigint[]))
    ORDER BY id
    LIMIT %(walk)s
),
grouped AS (
    SELECT queue, actor, reason, {schema}.cause(error) AS cause, count(*) AS messages,
           min(died_at) AS first, max(died_at) AS last, min(id) AS example
    FROM walked
    WHERE id <= %(last)s
      AND (%(message_id)s::text IS NULL OR message_id = %(message_id)s)
      AND (%(queue)s::text IS NULL OR queue = %(queue)s)
      AND (%(actor)s::text IS NULL OR actor = %(actor)s)
      AND (%(reason)s::text IS NULL OR reason = %(reason)s)
      AND (%(cause)s::text IS NULL OR {schema}.cause(error) = %(cause)s)
      AND (%(error)s::text IS NULL OR strpos(lower(error), lower(%(error)s)) > 0
           OR strpos(lower({schema}.cause(error)), lower(%(error)s)) > 0)
      AND (%(since)s::timestamptz IS NULL OR died_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR died_at <= %(until)s)
    GROUP BY 1, 2, 3, 4
)
SELECT w.upto, w.walked, g.queue, g.actor, g.reason, g.cause, g.messages, g.first, g.last, g.example
FROM (SELECT max(id) AS upto, count(*) AS walked FROM walked) w
LEFT JOIN grouped g ON true
