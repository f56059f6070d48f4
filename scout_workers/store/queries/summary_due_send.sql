-- The windows that are due and may be summed up: closed for a while, and nothing in them is still at
-- work, neither captures nor a day's hours (a backlog would have each hour written, and paid, again
-- and again), unless that has taken longer than patience lasts. Any number may ask at once: each row
-- goes to one of them. A row that is still there long after its message was sent is sent again: that
-- message must have died.
UPDATE scout.summary_due AS d
SET sent_at = now()
FROM (
    SELECT id
    FROM scout.summary_due AS w
    WHERE w.kind = ANY (%(kinds)s::text[])
      AND w.window_end <= now() - %(grace)s * interval '1 second'
      AND (w.sent_at IS NULL OR w.sent_at <= now() - %(resend)s * interval '1 second')
      AND (w.noted_at <= now() - %(patience)s * interval '1 second'
           OR (NOT EXISTS (
                   SELECT
                   FROM scout.captures AS c
                   WHERE c.camera_id = w.camera_id AND c.captured_at >= w.window_start
                     AND c.captured_at < w.window_end AND c.state IN ('received', 'readable')
                     AND NOT EXISTS (SELECT FROM scout.analyses AS a
                                     WHERE a.capture_id = c.id AND a.settled_at IS NOT NULL
                                       AND a.origin <> 'eval'))
               AND (w.kind = 'hour' OR (
                   NOT EXISTS (
                       SELECT
                       FROM scout.summary_due AS p
                       WHERE p.organization_id = w.organization_id AND p.camera_id IS NOT NULL
                         AND (w.camera_id IS NULL OR p.camera_id = w.camera_id AND p.kind = 'hour')
                         AND p.window_start >= w.window_start AND p.window_start < w.window_end)
                   AND NOT EXISTS (
                       SELECT
                       FROM scout.summaries AS s
                       WHERE s.organization_id = w.organization_id AND s.camera_id IS NOT NULL
                         AND (w.camera_id IS NULL OR s.camera_id = w.camera_id AND s.kind = 'hour')
                         AND s.window_start >= w.window_start AND s.window_start < w.window_end
                         AND s.settled_at IS NULL)))))
    ORDER BY w.window_end DESC, w.id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
) AS chosen, scout.organizations AS o
WHERE d.id = chosen.id AND o.id = d.organization_id
RETURNING d.organization_id, d.camera_id, d.kind, d.window_start, d.window_end, o.time_zone
