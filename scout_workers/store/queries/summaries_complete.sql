-- A finish: the summary is completed and current, its event is written. The fence: only the token of
-- whoever began last may; to any other nothing is returned, and the transaction must not commit.
WITH done AS (
    UPDATE scout.summaries
    SET state = 'completed', settled_at = now(), headline = %(headline)s, body = %(body)s,
        severity = %(severity)s, current = true, superseded_by = NULL, error_class = NULL,
        error_detail = NULL
    WHERE id = %(id)s AND organization_id = %(organization_id)s
      AND lease_token = %(lease_token)s AND state = 'running'
    RETURNING id, organization_id
)
INSERT INTO scout.events (organization_id, kind, subject_id, payload)
SELECT done.organization_id, %(event)s, done.id, %(payload)s FROM done
ON CONFLICT (kind, subject_id) DO UPDATE
SET payload = excluded.payload, created_at = now(), broadcast_at = NULL
RETURNING id
