-- Orphaned leases end: ready again at the end of the queue, or dead if the message has now taken
-- `max_deliveries` workers with it, or somebody wanted it ended.
WITH orphan AS (
    SELECT id, rescues + 1 >= %(max_deliveries)s AS spent,
           id = ANY (ARRAY(SELECT message FROM {schema}.abort_request)) AS aborted
    FROM {schema}.message
    WHERE state = 'leased' AND lease_owner = ANY (%(owners)s::uuid[])
    LIMIT 1000
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM {schema}.message m USING orphan o WHERE m.id = o.id AND (o.spent OR o.aborted)
    RETURNING m.*, o.aborted
),
buried AS (
    INSERT INTO {schema}.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
    SELECT id, message_id, queue, actor, priority, attempt, enqueued_at,
           CASE WHEN aborted THEN 'aborted' ELSE 'max_deliveries' END,
           CASE WHEN aborted THEN 'aborted; its worker died before it could end it'
                ELSE 'its worker died ' || rescues + 1 || ' times in a row' END, payload
    FROM gone
    RETURNING id
),
rescued AS (
    UPDATE {schema}.message m
    SET state = 'ready', seq = nextval('{schema}.message_seq'), dedup_key = NULL,
        lease_owner = NULL, leased_at = NULL, rescues = m.rescues + 1
    FROM orphan o WHERE m.id = o.id AND NOT o.spent AND NOT o.aborted
    RETURNING m.id
)
SELECT (SELECT count(*) FROM rescued), (SELECT count(*) FROM buried)
