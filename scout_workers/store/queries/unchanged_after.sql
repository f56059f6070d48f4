-- The captures of a camera after one, oldest first, and what became of each under a version.
SELECT c.id, c.bucket, c.key, c.captured_at,
       CASE
           WHEN a.state = 'completed' THEN 'analysed'
           WHEN a.state = 'skipped' AND a.error_class = 'unchanged' THEN 'skipped'
           WHEN a.settled_at IS NOT NULL OR c.state NOT IN ('received', 'readable') THEN 'unseen'
           ELSE 'undecided'
       END
FROM scout.captures AS c
LEFT JOIN LATERAL (
    SELECT state, error_class, settled_at
    FROM scout.analyses
    WHERE capture_id = c.id AND profile_version_id = %(profile_version_id)s AND origin <> 'eval'
    ORDER BY run_no DESC
    LIMIT 1
) AS a ON true
WHERE c.camera_id = %(camera_id)s AND (c.captured_at, c.id) > (%(captured_at)s, %(id)s)
ORDER BY c.captured_at, c.id
LIMIT %(limit)s
