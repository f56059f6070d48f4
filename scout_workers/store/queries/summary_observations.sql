-- The gravest, then surest observations of one camera's window, of the latest completed analyses, and
-- beside each how many there are of its kind and how many are worth a look: what a summary tells.
-- One row of each kind comes first, so that every kind is counted though the limit cuts.
SELECT captured_at, kind, severity, confidence, body, region, flags, of_kind, notable
FROM (
    SELECT c.captured_at, o.kind, o.severity, o.confidence, o.body, o.region, o.flags, o.ordinal,
           count(*) OVER (PARTITION BY o.kind) AS of_kind,
           count(*) FILTER (WHERE o.severity <> 'info') OVER () AS notable,
           row_number() OVER (PARTITION BY o.kind ORDER BY c.captured_at, o.id) AS nth,
           array_position('{critical,warning,notice,info}'::text[], o.severity) AS rank
    FROM scout.captures AS c
    JOIN LATERAL (
        SELECT id
        FROM scout.analyses
        WHERE capture_id = c.id AND state = 'completed' AND origin <> 'eval'
        ORDER BY created_at DESC, run_no DESC
        LIMIT 1
    ) AS a ON true
    JOIN scout.observations AS o ON o.analysis_id = a.id
    WHERE c.organization_id = %(organization_id)s AND c.camera_id = %(camera_id)s
      AND c.captured_at >= %(window_start)s AND c.captured_at < %(window_end)s
) AS seen
ORDER BY nth > 1, rank, confidence DESC, captured_at, ordinal
LIMIT %(limit)s
