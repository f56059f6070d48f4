-- The hours of one camera in which something was described, in order of time, and how far the writing
-- about each is: "due" where there is news or nothing was ever begun, "running" where somebody is at
-- it, else as it ended.
SELECT h.start,
       CASE WHEN d.id IS NOT NULL OR s.state IS NULL THEN 'due'
            WHEN s.settled_at IS NULL THEN 'running'
            ELSE s.state END AS state
FROM (
    SELECT DISTINCT date_trunc('hour', c.captured_at, 'UTC') AS start
    FROM scout.captures AS c
    WHERE c.organization_id = %(organization_id)s AND c.camera_id = %(camera_id)s
      AND c.captured_at >= %(since)s AND c.captured_at < %(until)s
      AND EXISTS (SELECT FROM scout.analyses AS a
                  WHERE a.capture_id = c.id AND a.state = 'completed'
                    AND a.origin <> 'eval')
) AS h
LEFT JOIN scout.summary_due AS d
    ON d.organization_id = %(organization_id)s AND d.camera_id = %(camera_id)s
    AND d.kind = 'hour' AND d.window_start = h.start
LEFT JOIN LATERAL (
    SELECT state, settled_at
    FROM scout.summaries
    WHERE organization_id = %(organization_id)s AND camera_id = %(camera_id)s AND kind = 'hour'
      AND window_start = h.start
    ORDER BY settled_at IS NULL DESC, current DESC, created_at DESC
    LIMIT 1
) AS s ON true
ORDER BY h.start
