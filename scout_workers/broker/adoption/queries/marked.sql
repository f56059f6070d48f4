-- Lock marked rows, by whomever and whenever they were marked, until they are deleted: who adopts at
-- the same time takes others.
SELECT message_id,
       regexp_replace(queue_name, '^adopting:\w+:', ''),
       queue_name LIKE 'adopting:rejected:%%',
       message::text,
       (extract(epoch FROM mtime) * 1000000)::bigint
FROM {table}
WHERE state = 'rejected' AND queue_name LIKE 'adopting:%%'
ORDER BY mtime, message_id
LIMIT %(most)s
FOR UPDATE SKIP LOCKED
