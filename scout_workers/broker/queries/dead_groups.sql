-- Dead messages by what killed them: the first line of the error, without the numbers in it.
SELECT queue, actor, reason,
       regexp_replace(split_part(coalesce(error, ''), E'\n', 1), '[0-9]+', 'N', 'g') AS error,
       count(*) AS messages, min(died_at) AS first, max(died_at) AS last, min(id) AS example
FROM {schema}.dead_message
GROUP BY 1, 2, 3, 4
ORDER BY messages DESC, last DESC
