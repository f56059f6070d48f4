-- The first run of a version, taken at once by whoever creates it under a lease. No ON CONFLICT:
-- whoever gets here holds the capture's lock.
INSERT INTO scout.analyses
    (organization_id, capture_id, profile_version_id, state, lease_token, attempts, started_at)
VALUES
    (%(organization_id)s, %(capture_id)s, %(profile_version_id)s,
     CASE WHEN %(lease_token)s::text IS NULL THEN 'pending' ELSE 'running' END,
     %(lease_token)s,
     CASE WHEN %(lease_token)s::text IS NULL THEN 0 ELSE 1 END,
     CASE WHEN %(lease_token)s::text IS NULL THEN NULL ELSE now() END)
RETURNING id, state, run_no
