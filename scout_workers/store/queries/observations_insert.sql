-- All observations of an analysis in one statement; a region is null or [x, y, width, height].
INSERT INTO scout.observations
    (organization_id, analysis_id, ordinal, kind, body, severity, confidence, region, flags)
SELECT %(organization_id)s, %(analysis_id)s, o.ordinal, o.kind, o.body, o.severity, o.confidence,
       o.region, o.flags
FROM jsonb_to_recordset(%(observations)s) AS o
    (ordinal int, kind text, body text, severity text, confidence real, region real[], flags text[])
