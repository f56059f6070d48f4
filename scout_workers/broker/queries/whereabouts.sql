-- One message: by the number of its row, by Dramatiq's id, or by a text its payload has in it (the id of
-- what it is for). What is not asked for is NULL, and then that arm is not even begun. A row's number is
-- the primary key; Dramatiq's ids have no index (abort.sql says why), so this reads the table, and
-- payloads are searched in the queues named and no further than `most`. The newest of several.
WITH asked AS (
    SELECT id FROM {schema}.message
    WHERE %(row)s::bigint IS NOT NULL AND id = %(row)s::bigint
    UNION ALL
    SELECT id FROM {schema}.message
    WHERE %(message_id)s::text IS NOT NULL AND message_id = %(message_id)s::text
    UNION ALL
    SELECT id
    FROM (
        SELECT id, payload FROM {schema}.message
        WHERE %(within)s::text IS NOT NULL AND queue = ANY (%(queues)s::text[])
        LIMIT %(most)s::int
    ) walk
    WHERE position(convert_to(%(within)s::text, 'UTF8') IN payload) > 0
)
SELECT m.id, m.message_id, m.queue, m.actor, m.state, m.attempt, m.rescues, m.priority, m.seq,
       extract(epoch FROM m.available_at - now())::float8 AS due_in_seconds,
       extract(epoch FROM now() - m.enqueued_at)::float8 AS age_seconds,
       extract(epoch FROM now() - m.leased_at)::float8 AS leased_seconds,
       m.lease_owner,
       EXISTS (SELECT FROM {schema}.abort_request r WHERE r.message = m.id) AS to_be_aborted,
       m.payload
FROM {schema}.message m
WHERE m.id = ANY (ARRAY(SELECT id FROM asked))
ORDER BY m.id DESC
LIMIT 1
