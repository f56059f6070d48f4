-- How many ready messages are before one in its queue, counted no further than `most`: in the order of the
-- index that claims go by.
SELECT count(*)
FROM (
    SELECT
    FROM {schema}.message
    WHERE state = 'ready' AND queue = %(queue)s
      AND (priority, seq) < (%(priority)s::smallint, %(seq)s::bigint)
    ORDER BY queue, priority, seq
    LIMIT %(most)s::int
) walk
