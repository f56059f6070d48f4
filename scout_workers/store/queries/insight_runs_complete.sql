-- A finish, whole: the run is completed and current, its insights, their evidence and its event are
-- written. The fence: only the token of whoever began last may; to any other nothing is returned, and
-- the transaction must not commit.
WITH done AS (
    UPDATE scout.insight_runs
    SET state = 'completed', settled_at = now(), refused = %(refused)s, dropped = %(dropped)s,
        current = true, superseded_by = NULL, error_class = NULL, error_detail = NULL
    WHERE id = %(id)s AND organization_id = %(organization_id)s
      AND lease_token = %(lease_token)s AND state = 'running'
    RETURNING id, organization_id
),
found AS (
    INSERT INTO scout.insights (id, organization_id, run_id, ordinal, title, body, severity)
    SELECT i.id, done.organization_id, done.id, i.ordinal, i.title, i.body, i.severity
    FROM done, jsonb_to_recordset(%(insights)s) AS i
        (id uuid, ordinal int, title text, body text, severity text)
),
shown AS (
    INSERT INTO scout.insight_evidence (organization_id, insight_id, observation_id, ordinal)
    SELECT done.organization_id, e.insight_id, e.observation_id, e.ordinal
    FROM done, jsonb_to_recordset(%(evidence)s) AS e
        (insight_id uuid, observation_id uuid, ordinal int)
)
INSERT INTO scout.events (organization_id, kind, subject_id, payload)
SELECT done.organization_id, %(event)s, done.id, %(payload)s FROM done
ON CONFLICT (kind, subject_id) DO UPDATE
SET payload = excluded.payload, created_at = now(), broadcast_at = NULL
RETURNING id
