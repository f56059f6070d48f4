-- Give up messages whose threads will not come back, in a process that goes on living: as a rescue
-- does it, under this process's own tokens, so that whatever the lost threads still try is refused.
WITH given_up AS (
    SELECT m.id, m.rescues + 1 >= %(max_deliveries)s AS spent,
           m.id = ANY (ARRAY(SELECT message FROM {schema}.abort_request)) AS aborted
    FROM {schema}.message m
    JOIN unnest(%(ids)s::bigint[], %(attempts)s::int[],
                array_fill(%(owner)s::uuid, ARRAY[cardinality(%(ids)s::bigint[])]))
        AS s (id, attempt, owner)
      ON m.id = s.id AND m.attempt = s.attempt AND m.lease_owner = s.owner
    WHERE m.id = ANY (%(ids)s::bigint[])
    FOR UPDATE OF m
),
gone AS (
    DELETE FROM {schema}.message m USING given_up g WHERE m.id = g.id AND (g.spent OR g.aborted)
    RETURNING m.*, g.aborted
),
buried AS (
    INSERT INTO {schema}.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
    SELECT id, message_id, queue, actor, priority, attempt, enqueued_at,
           CASE WHEN aborted THEN 'aborted' ELSE 'max_deliveries' END,
           CASE WHEN aborted THEN 'aborted; its thread did not come back'
                ELSE 'it held ' || rescues + 1 || ' threads in a row past every limit' END, payload
    FROM gone
    RETURNING id
),
back AS (
    UPDATE {schema}.message m
    SET state = 'ready', seq = nextval('{schema}.message_seq'), dedup_key = NULL,
        lease_owner = NULL, leased_at = NULL, rescues = m.rescues + 1
    FROM given_up g WHERE m.id = g.id AND NOT g.spent AND NOT g.aborted
    RETURNING m.id
)
SELECT id FROM back UNION ALL SELECT id FROM buried
