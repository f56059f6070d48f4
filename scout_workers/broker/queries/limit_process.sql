-- How many of this queue's messages one process may hold; NULL: what it was started with.
INSERT INTO {schema}.queue_control (queue, process_limit) VALUES (%(queue)s, %(most)s)
ON CONFLICT (queue) DO UPDATE SET process_limit = excluded.process_limit
RETURNING queue
