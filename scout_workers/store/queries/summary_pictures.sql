-- One camera's pictures of a window, in order of time, each with its latest completed analysis: what
-- is counted. Whatever has none is counted by its state, and apart from that if it was skipped since it
-- showed no news.
SELECT c.captured_at, c.state, a.severity, a.flags,
       EXISTS (SELECT FROM scout.analyses AS s
               WHERE s.capture_id = c.id AND s.state = 'skipped' AND s.error_class = 'unchanged')
           AS unchanged
FROM scout.captures AS c
LEFT JOIN LATERAL (
    SELECT severity, flags
    FROM scout.analyses
    WHERE capture_id = c.id AND state = 'completed' AND origin <> 'eval'
    ORDER BY created_at DESC, run_no DESC
    LIMIT 1
) AS a ON true
WHERE c.organization_id = %(organization_id)s AND c.camera_id = %(camera_id)s
  AND c.captured_at >= %(window_start)s AND c.captured_at < %(window_end)s
ORDER BY c.captured_at, c.id
