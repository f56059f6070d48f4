-- Mark the rows chosen as being adopted, in a commit of its own before anything is written in the
-- other database. Rejected ones are nobody's to run, and the mark is in a place no queue's name can
-- be confused with. The time tells this adoption from any later one of the same message, and keeps
-- the rows in the order they were chosen in.
UPDATE {table} AS q
SET queue_name = 'adopting:' || state || ':' || queue_name,
    state = 'rejected',
    mtime = clock_timestamp() + chosen.place * interval '1 microsecond'
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS chosen (message_id, place)
WHERE q.message_id = chosen.message_id
