-- Lock the oldest rows of a state, as many as one transaction takes. A worker of dramatiq-pg that
-- wants one of them waits, and finds it gone. SKIP LOCKED: two that adopt at once share the work.
SELECT message_id
FROM {table}
WHERE state = {state} AND queue_name NOT LIKE 'adopting:%%'
ORDER BY mtime, message_id
LIMIT %(most)s
FOR UPDATE SKIP LOCKED
