-- What an analysis observed, in the order it was said.
SELECT kind, body, severity, confidence, region, flags
FROM scout.observations
WHERE analysis_id = %(analysis_id)s
ORDER BY ordinal
