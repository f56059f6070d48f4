-- How many captures a selection has, how many of them a rerun would look at, by who would look, and
-- how many are under way under that version already: `reruns_ask`, without asking.
SELECT v.provider, v.model, count(*) AS captures,
       count(*) FILTER (WHERE own.under_way IS TRUE) AS under_way,
       count(*) FILTER (
           WHERE own.under_way IS NOT TRUE
             AND NOT EXISTS (
                 SELECT FROM scout.analyses
                 WHERE capture_id = c.id AND profile_version_id = v.id
                   AND asked_as = 'again:' || %(round)s::text
             )
             AND CASE %(which)s::text
                     WHEN 'missing' THEN own.run_no IS NULL
                     WHEN 'failed' THEN latest.state = 'failed'
                     ELSE true
                 END
       ) AS wanted
FROM scout.captures AS c
JOIN scout.analysis_profiles AS p
  ON p.organization_id = c.organization_id AND p.camera_id = c.camera_id
JOIN scout.profile_versions AS v
  ON v.profile_id = p.id
 AND CASE WHEN %(version_id)s::uuid IS NULL THEN v.state = 'active'
          ELSE v.id = %(version_id)s::uuid END
LEFT JOIN LATERAL (
    SELECT max(run_no) AS run_no, bool_or(settled_at IS NULL) AS under_way
    FROM scout.analyses
    WHERE capture_id = c.id AND profile_version_id = v.id AND origin <> 'eval'
) AS own ON true
LEFT JOIN LATERAL (
    SELECT id, state
    FROM scout.analyses
    WHERE capture_id = c.id AND origin <> 'eval'
    ORDER BY created_at DESC, run_no DESC
    LIMIT 1
) AS latest ON true
WHERE c.organization_id = %(organization_id)s::uuid
  AND (%(camera_id)s::uuid IS NULL OR c.camera_id = %(camera_id)s::uuid)
  AND (%(since)s::timestamptz IS NULL OR c.captured_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR c.captured_at < %(until)s::timestamptz)
  AND c.state IN ('received', 'readable')
GROUP BY v.provider, v.model
ORDER BY v.provider, v.model
