-- End whatever has this message id: what waits is dead at once, for what is being worked on a
-- request is left that its worker reads with its next heartbeat. Dramatiq's ids have no index of
-- ours, since no statement of the work looks for one: this reads the table. Rows that are being
-- claimed or settled are waited for and judged as they are then.
WITH found AS (
    SELECT id, state FROM {schema}.message WHERE message_id = %(message_id)s FOR UPDATE
),
gone AS (
    DELETE FROM {schema}.message m USING found f
    WHERE m.id = f.id AND f.state <> 'leased'
    RETURNING m.*
),
buried AS (
    INSERT INTO {schema}.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
    SELECT id, message_id, queue, actor, priority, attempt, enqueued_at, 'aborted',
           'aborted as it waited', payload
    FROM gone
    RETURNING id
),
asked AS (
    INSERT INTO {schema}.abort_request (message)
    SELECT id FROM found WHERE state = 'leased'
    ON CONFLICT DO NOTHING
)
SELECT (SELECT count(*) FROM buried), (SELECT count(*) FROM found WHERE state = 'leased')
