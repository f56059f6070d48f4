-- One heartbeat: this worker is alive; is it still thought to be (`known`)? Who else runs on this
-- machine, and is anybody overdue? A worker whose row is gone was declared dead in its sleep.
WITH beat AS (
    UPDATE {schema}.worker SET heartbeat_at = now(), draining = %(draining)s
    WHERE id = %(id)s RETURNING id
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
    ) AS neighbours
