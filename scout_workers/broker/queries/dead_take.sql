-- Take dead messages out, a bounded number at a time, to be enqueued again by the same transaction.
-- The table is walked by key as in dead_groups.sql, from where the last batch ended: rows that stay
-- are read once, and those that are gone not again, however long an old snapshot keeps them. SKIP
-- LOCKED: two operators who retry the same ones enqueue each once.
WITH walked AS MATERIALIZED (
    SELECT id, message_id, queue, actor, reason, error, died_at
    FROM {schema}.dead_message
    WHERE id > %(after)s
      AND (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s::bigint[]))
    ORDER BY id
    LIMIT %(walk)s
),
wanted AS MATERIALIZED (
    SELECT id
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
    ORDER BY id
    LIMIT %(most)s
),
taken AS (
    DELETE FROM {schema}.dead_message
    WHERE id = ANY (ARRAY(
        SELECT id FROM {schema}.dead_message
        WHERE id = ANY (ARRAY(SELECT id FROM wanted))
        ORDER BY id
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING id, message_id, queue, actor, priority, payload
)
SELECT w.upto, t.id, t.message_id, t.queue, t.actor, t.priority, t.payload
FROM (
    -- A full batch may have left some of what was walked.
    SELECT CASE WHEN (SELECT count(*) FROM wanted) = %(most)s THEN (SELECT max(id) FROM wanted)
                ELSE (SELECT max(id) FROM walked) END AS upto
) w
LEFT JOIN taken t ON true
