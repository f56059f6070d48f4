-- A capture's own run of a version, taken at once by whoever creates it under a lease. No ON
-- CONFLICT: whoever gets here holds the capture's lock. It is the first one, unless the version was
-- compared with another before.
INSERT INTO scout.analyses
    (organization_id, capture_id, profile_version_id, run_no, state, lease_token, attempts,
     started_at)
SELECT %(organization_id)s, %(capture_id)s, %(profile_version_id)s, coalesce(max(run_no), 0) + 1,
       CASE WHEN %(lease_token)s::text IS NULL THEN 'pending' ELSE 'running' END,
       %(lease_token)s,
       CASE WHEN %(lease_token)s::text IS NULL THEN 0 ELSE 1 END,
       CASE WHEN %(lease_token)s::text IS NULL THEN NULL ELSE now() END
FROM scout.analyses
WHERE capture_id = %(capture_id)s AND profile_version_id = %(profile_version_id)s
RETURNING id, state, run_no, origin
