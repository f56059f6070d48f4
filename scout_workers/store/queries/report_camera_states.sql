-- How far the captures of one camera are: each counts once, by its latest analysis; "waiting" where
-- no worker has begun on it, "refused" where its image can never be sent to a model. Asked several
-- times a second by whoever watches, so it stays on one camera.
SELECT CASE
           WHEN c.state IN ('unreadable', 'missing', 'expired') THEN 'refused'
           ELSE coalesce(a.state, 'waiting')
       END AS state,
       count(*) AS count
FROM scout.captures c
LEFT JOIN LATERAL (
    SELECT state
    FROM scout.analyses
    WHERE capture_id = c.id AND origin <> 'eval'
    ORDER BY created_at DESC, run_no DESC
    LIMIT 1
) AS a ON true
WHERE c.camera_id = %(camera_id)s::uuid
GROUP BY 1
