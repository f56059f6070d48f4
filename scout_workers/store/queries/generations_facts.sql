-- What analyses made of a camera's last pictures: how many there are, at which local hours, with
-- which flags and how serious, as counts in JSON.
WITH looked AS (
    SELECT c.captured_at, a.flags, a.severity
    FROM (
        SELECT id, captured_at
        FROM scout.captures
        WHERE organization_id = %(organization_id)s AND camera_id = %(camera_id)s
        ORDER BY captured_at DESC, id DESC
        LIMIT 2000
    ) AS c
    JOIN LATERAL (
        SELECT flags, severity
        FROM scout.analyses
        WHERE capture_id = c.id AND state = 'completed' AND origin <> 'eval'
        ORDER BY created_at DESC, run_no DESC
        LIMIT 1
    ) AS a ON true
)
SELECT (SELECT count(*) FROM looked),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(hour, count) ORDER BY hour), '[]')
        FROM (SELECT extract(hour FROM captured_at AT TIME ZONE %(time_zone)s)::int AS hour,
                     count(*) AS count
              FROM looked GROUP BY 1) AS hours),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(flag, count) ORDER BY count DESC, flag), '[]')
        FROM (SELECT flag, count(*) AS count FROM looked, unnest(flags) AS flag
              GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20) AS flags),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(severity, count) ORDER BY count DESC, severity),
                        '[]')
        FROM (SELECT severity, count(*) AS count FROM looked GROUP BY 1) AS severities)
