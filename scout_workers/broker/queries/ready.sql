-- How many messages of a queue may be claimed now, counted no further than `most`: a walk of a few
-- entries of message_ready, cheap enough to be asked every second.
SELECT count(*)
FROM (
    SELECT
    FROM {schema}.message
    WHERE queue = %(queue)s AND state = 'ready'
    LIMIT %(most)s::int
) AS waiting
