-- A finish, whole, in one statement, since sixty captures may finish at once: the capture is readable,
-- the analysis completed, its observations and its event are written. The fence: only the token of
-- whoever began last may; to any other nothing is returned, and the transaction must not commit. The
-- capture's row is locked before the analysis', as `begin` does: one order of locks, no deadlock.
-- One event of a kind for each subject: should a subject settle again (an operator's retry) its event
-- tells the latest, and is to be broadcast again. What only compares versions tells nobody.
WITH capture AS (
    UPDATE scout.captures
    SET state = CASE state WHEN 'expired' THEN state ELSE 'readable' END,
        state_reason = CASE state WHEN 'expired' THEN state_reason END
    WHERE id = %(capture_id)s
    RETURNING id
),
done AS (
    UPDATE scout.analyses AS a
    SET state = 'completed', settled_at = now(), headline = %(headline)s,
        severity = %(severity)s, flags = %(flags)s, error_class = NULL, error_detail = NULL
    FROM capture
    WHERE a.id = %(id)s AND a.lease_token = %(lease_token)s AND a.state = 'running'
    RETURNING a.id, a.organization_id, a.origin
),
seen AS (
    INSERT INTO scout.observations
        (organization_id, analysis_id, ordinal, kind, body, severity, confidence, region, flags)
    SELECT done.organization_id, done.id, o.ordinal, o.kind, o.body, o.severity, o.confidence,
           o.region, o.flags
    FROM done, jsonb_to_recordset(%(observations)s) AS o
        (ordinal int, kind text, body text, severity text, confidence real, region real[],
         flags text[])
),
told AS (
    INSERT INTO scout.events (organization_id, kind, subject_id, payload)
    SELECT done.organization_id, %(kind)s, done.id, %(payload)s FROM done
    WHERE done.origin <> 'eval'
    ON CONFLICT (kind, subject_id) DO UPDATE
    SET payload = excluded.payload, created_at = now(), broadcast_at = NULL
    RETURNING id
)
SELECT told.id FROM done LEFT JOIN told ON true
