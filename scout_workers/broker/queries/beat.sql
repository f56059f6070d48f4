-- One heartbeat: this worker is alive, and serves these queues; is it still thought to be alive
-- (`known`)? Only an UPDATE can tell: an upsert would dig up who was buried. Who else runs on this
-- machine, and is anybody overdue? A worker whose row is gone was declared dead in its sleep. And
-- which of its messages does somebody want ended (`aborted`); is there one such with no worker at it
-- (`astray`)? Requests are few: ANY (ARRAY(…)) and a scalar sub-select look messages up by key,
-- while of a join the planner, who knows nothing of so small a table, makes a scan of all messages.
-- And what was said of the limits of a process (`limits`), and whether this one is to leave (`drain`).
WITH beat AS (
    UPDATE {schema}.worker
    SET heartbeat_at = now(), queues = %(queues)s, threads = %(threads)s, draining = %(draining)s
    WHERE id = %(id)s RETURNING id, drain_asked_at IS NOT NULL AS drain
)
SELECT
    EXISTS (SELECT FROM beat) AS known,
    EXISTS (
        SELECT FROM {schema}.worker
        WHERE heartbeat_at < now() - %(dead_after)s * interval '1 second') AS anybody_overdue,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(id, pid, pid_start)), '[]')
        FROM {schema}.worker
        WHERE boot_id = %(boot_id)s AND pid_space = %(pid_space)s AND id <> %(id)s
    ) AS neighbours,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(id, attempt)), '[]')
        FROM {schema}.message
        WHERE id = ANY (ARRAY(SELECT message FROM {schema}.abort_request))
          AND lease_owner = %(id)s
    ) AS aborted,
    EXISTS (
        SELECT FROM {schema}.abort_request r
        WHERE (SELECT m.lease_owner FROM {schema}.message m WHERE m.id = r.message) IS NULL
    ) AS astray,
    (
        SELECT coalesce(jsonb_object_agg(queue, process_limit), jsonb_build_object())
        FROM {schema}.queue_control WHERE process_limit IS NOT NULL
    ) AS limits,
    coalesce((SELECT drain FROM beat), false) AS drain
