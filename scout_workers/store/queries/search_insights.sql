-- What is shown of insights that were found: where their words are said, and the observations that
-- they cite with their pictures, in order of time.
SELECT i.id,
       ts_headline('english', i.body, websearch_to_tsquery('english', %(text)s::text),
                   %(excerpt)s::text),
       e.evidence
FROM scout.insights i
CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(o.id, c.id, k.name, c.captured_at, o.body, c.bucket, c.key)
                     ORDER BY c.captured_at, v.ordinal) AS evidence
    FROM scout.insight_evidence v
    JOIN scout.observations o ON o.id = v.observation_id
    JOIN scout.analyses a ON a.id = o.analysis_id
    JOIN scout.captures c ON c.id = a.capture_id
    JOIN scout.cameras k ON k.id = c.camera_id
    WHERE v.insight_id = i.id
) AS e
WHERE i.organization_id = %(organization_id)s::uuid AND i.id = ANY(%(ids)s::uuid[])
  AND e.evidence IS NOT NULL
