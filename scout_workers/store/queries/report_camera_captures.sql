-- The newest captures of one camera in order of time, each with its latest analysis and, as one
-- JSON array, what that observed: a sheet of hundreds of pictures is one statement.
SELECT c.id, c.source, c.captured_at, c.bucket, c.key, c.state, c.state_reason,
       a.state, a.error_class, a.error_detail, a.headline, a.severity, a.flags, o.observations
FROM (
    SELECT *
    FROM scout.captures
    WHERE camera_id = %(camera_id)s::uuid
    ORDER BY captured_at DESC, id
    LIMIT %(limit)s::int
) AS c
LEFT JOIN LATERAL (
    SELECT *
    FROM scout.analyses
    WHERE capture_id = c.id AND origin <> 'eval'
    ORDER BY created_at DESC, run_no DESC
    LIMIT 1
) AS a ON true
CROSS JOIN LATERAL (
    SELECT coalesce(
        jsonb_agg(
            jsonb_build_array(kind, body, severity, confidence, to_jsonb(region), to_jsonb(flags))
            ORDER BY ordinal
        ),
        '[]'::jsonb
    ) AS observations
    FROM scout.observations
    WHERE analysis_id = a.id
) AS o
ORDER BY c.captured_at, c.id
