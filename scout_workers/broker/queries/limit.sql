-- How many of this queue's messages may be under lease in the whole fleet; NULL: any number.
INSERT INTO {schema}.queue_control (queue, global_limit) VALUES (%(queue)s, %(most)s)
ON CONFLICT (queue) DO UPDATE SET global_limit = excluded.global_limit
RETURNING queue
