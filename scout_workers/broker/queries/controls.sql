-- Everything operators have said of queues.
SELECT queue, paused_at, paused_by, global_limit FROM {schema}.queue_control ORDER BY queue
