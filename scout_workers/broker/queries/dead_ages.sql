-- Dead messages by queue and age; from the index on both alone.
SELECT queue,
       count(*) FILTER (WHERE died_at > now() - interval '1 hour') AS hour,
       count(*) FILTER (WHERE died_at > now() - interval '1 day') AS day,
       count(*) FILTER (WHERE died_at > now() - interval '7 days') AS week,
       count(*) AS total,
       min(died_at) AS oldest
FROM {schema}.dead_message
GROUP BY queue
ORDER BY queue
