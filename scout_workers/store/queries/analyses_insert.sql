-- The first run of a version. No ON CONFLICT: whoever gets here holds the capture's lock.
INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id)
VALUES (%(organization_id)s, %(capture_id)s, %(profile_version_id)s)
RETURNING id, state, run_no
