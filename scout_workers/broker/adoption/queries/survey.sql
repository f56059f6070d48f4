-- Count what is in dramatiq-pg's table and not done. What a worker of its consumes is under an
-- advisory lock of that worker's session, whose key is made here as dramatiq-pg makes it: consumed
-- and under no lock is what nobody alive, or nobody who still has his connection, works on.
SELECT regexp_replace(regexp_replace(q.queue_name, '^adopting:\w+:', ''), '\.[DX]Q$', '') AS queue,
       q.message ->> 'actor_name' AS actor,
       CASE
           WHEN q.queue_name LIKE 'adopting:%%' THEN 'begun'
           WHEN q.state = 'rejected' THEN 'rejected'
           WHEN q.state = 'queued' AND q.queue_name LIKE '%%.DQ' THEN 'delayed'
           WHEN q.state = 'queued' THEN 'queued'
           WHEN EXISTS (
               SELECT FROM pg_locks
               WHERE locktype = 'advisory' AND objsubid = 1
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND classid::bigint << 32 | objid::bigint = (
                     'x' || substr(encode(sha256(convert_to(
                         q.queue_name || q.message_id, 'UTF8')), 'hex'), 25, 16)
                 )::bit(64)::bigint # '-9223372036854775808'::bigint
           ) THEN 'held'
           ELSE 'consumed'
       END AS state,
       count(*) AS messages
FROM {table} q
WHERE q.state IN ('queued', 'consumed', 'rejected')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
