-- The most telling observations of an organization's day, of the latest completed analyses: the grave
-- ones first, then of each camera's hour one of each kind in turn, so that a busy hour does not push
-- out all others. Of what is no more than `info` only the first of its kind. The last column counts
-- all that are graver.
SELECT id, name, captured_at, kind, severity, body, region, flags, notable
FROM (
    SELECT o.id, k.name, c.captured_at, o.kind, o.severity, o.body, o.region, o.flags, o.confidence,
           count(*) FILTER (WHERE o.severity <> 'info') OVER () AS notable,
           array_position('{critical,warning}'::text[], o.severity) AS grave,
           row_number() OVER (PARTITION BY k.id, date_trunc('hour', c.captured_at), o.kind, o.severity
                              ORDER BY o.confidence DESC, c.captured_at, o.ordinal) AS nth,
           row_number() OVER (PARTITION BY k.id, o.kind, o.severity
                              ORDER BY c.captured_at, o.ordinal) AS nth_of_day
    FROM scout.cameras AS k
    JOIN scout.captures AS c ON c.camera_id = k.id
    JOIN LATERAL (
        SELECT id
        FROM scout.analyses
        WHERE capture_id = c.id AND state = 'completed' AND origin <> 'eval'
        ORDER BY created_at DESC, run_no DESC
        LIMIT 1
    ) AS a ON true
    JOIN scout.observations AS o ON o.analysis_id = a.id
    WHERE k.organization_id = %(organization_id)s
      AND c.captured_at >= %(window_start)s AND c.captured_at < %(window_end)s
      AND o.kind <> 'measurements'
) AS seen
WHERE severity <> 'info' OR nth_of_day = 1
ORDER BY severity = 'info', grave, nth, confidence DESC, captured_at, id
LIMIT %(limit)s
