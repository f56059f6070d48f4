-- Take the rows chosen out of dramatiq-pg's table, in the commit that makes our messages of them.
DELETE FROM {table}
WHERE message_id = ANY (%(ids)s)
RETURNING message_id, queue_name, state = 'rejected', message::text, 0::bigint
