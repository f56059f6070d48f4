-- Requests that no worker can heed: the message came back by a retry or a release as the request was
-- made, so it is ended now as it waits; or it is done or dead, and the request goes. By key, as
-- beat.sql does it. Any worker may do this at once: SKIP LOCKED.
WITH found AS (
    SELECT id FROM {schema}.message
    WHERE id = ANY (ARRAY(SELECT message FROM {schema}.abort_request)) AND lease_owner IS NULL
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM {schema}.message m USING found f WHERE m.id = f.id RETURNING m.*
),
buried AS (
    INSERT INTO {schema}.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
    SELECT id, message_id, queue, actor, priority, attempt, enqueued_at, 'aborted',
           'aborted as it waited', payload
    FROM gone
    RETURNING id
)
DELETE FROM {schema}.abort_request r
WHERE (SELECT m.id FROM {schema}.message m WHERE m.id = r.message) IS NULL
   OR r.message IN (SELECT id FROM buried)
RETURNING r.message
