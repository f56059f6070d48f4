-- The runs a comparison needs: one for each capture that the version has not looked at and that is
-- not under way. One that failed may be tried once more, by whoever asks again. Captures are locked
-- in the order of their ids, so that numbers of runs are given one by one.
WITH wanted AS (
    SELECT c.id, c.organization_id
    FROM scout.captures AS c
    WHERE c.organization_id = %(organization_id)s AND c.id = ANY(%(captures)s::uuid[])
    ORDER BY c.id
    FOR NO KEY UPDATE
),
standing AS (
    SELECT w.id, w.organization_id, max(a.run_no) AS run_no,
           bool_or(a.state = 'completed') AS done,
           bool_or(a.origin = 'eval' AND a.settled_at IS NULL) AS under_way,
           count(*) FILTER (WHERE a.origin = 'eval' AND a.state IN ('failed', 'skipped')) AS failed
    FROM wanted AS w
    LEFT JOIN scout.analyses AS a
      ON a.capture_id = w.id AND a.profile_version_id = %(version_id)s
    GROUP BY w.id, w.organization_id
)
INSERT INTO scout.analyses
    (organization_id, capture_id, profile_version_id, run_no, origin, asked_as, asked_by)
SELECT organization_id, id, %(version_id)s, coalesce(run_no, 0) + 1, 'eval', 'eval:' || failed,
       %(asked_by)s
FROM standing
WHERE done IS NOT TRUE AND under_way IS NOT TRUE
ON CONFLICT (capture_id, profile_version_id, asked_as) WHERE asked_as IS NOT NULL DO NOTHING
RETURNING id, capture_id
