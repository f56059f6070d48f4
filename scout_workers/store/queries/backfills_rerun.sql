-- A new run for each of these captures whose latest analysis failed, pending until its message comes:
-- what is under way comes first for whoever begins with a capture. Named as every rerun of a failure is,
-- so that the same wish makes it once. The captures are locked in the order of their ids, since numbers
-- of runs are given under that lock.
WITH locked AS (
    SELECT c.id, c.organization_id, c.camera_id
    FROM scout.captures AS c
    WHERE c.organization_id = %(organization_id)s::uuid AND c.id = ANY (%(ids)s::uuid[])
    ORDER BY c.id
    FOR NO KEY UPDATE
)
INSERT INTO scout.analyses
    (organization_id, capture_id, profile_version_id, run_no, origin, asked_as, asked_by)
SELECT l.organization_id, l.id, v.id,
       1 + (SELECT coalesce(max(run_no), 0) FROM scout.analyses
            WHERE capture_id = l.id AND profile_version_id = v.id),
       'rerun', 'failed:' || latest.id, %(by)s::text
FROM locked AS l
JOIN scout.analysis_profiles AS p
  ON p.organization_id = l.organization_id AND p.camera_id = l.camera_id
JOIN scout.profile_versions AS v ON v.profile_id = p.id AND v.state = 'active'
CROSS JOIN LATERAL (
    SELECT id, state
    FROM scout.analyses
    WHERE capture_id = l.id AND origin <> 'eval'
    ORDER BY settled_at IS NULL DESC, created_at DESC, run_no DESC
    LIMIT 1
) AS latest
WHERE latest.state = 'failed'
ON CONFLICT (capture_id, profile_version_id, asked_as) WHERE asked_as IS NOT NULL DO NOTHING
