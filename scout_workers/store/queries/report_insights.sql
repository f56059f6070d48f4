-- The insights of a run, in the order they were given, each with what shows it: one JSON array of the
-- observations, in the order they were cited.
SELECT i.ordinal, i.title, i.body, i.severity, e.evidence
FROM scout.insights AS i
CROSS JOIN LATERAL (
    SELECT coalesce(
        jsonb_agg(jsonb_build_array(o.id, c.id, k.name, c.captured_at, o.body) ORDER BY v.ordinal),
        '[]'::jsonb
    ) AS evidence
    FROM scout.insight_evidence AS v
    JOIN scout.observations AS o ON o.id = v.observation_id
    JOIN scout.analyses AS a ON a.id = o.analysis_id
    JOIN scout.captures AS c ON c.id = a.capture_id
    JOIN scout.cameras AS k ON k.id = c.camera_id
    WHERE v.insight_id = i.id
) AS e
WHERE i.organization_id = %(organization_id)s AND i.run_id = %(run_id)s
ORDER BY i.ordinal
