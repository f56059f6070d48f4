-- What is shown of summaries that were found: their windows, where their words are said, and of each
-- the gravest picture. That one is looked for among the headlines, which an index has by time.
SELECT s.id, s.kind, s.window_start, s.window_end,
       ts_headline('english', s.body, websearch_to_tsquery('english', %(text)s::text),
                   %(excerpt)s::text),
       c.bucket, c.key
FROM scout.summaries s
LEFT JOIN LATERAL (
    SELECT t.capture_id
    FROM scout.search_texts t
    WHERE t.organization_id = s.organization_id AND t.source_kind = 'headline'
      AND (t.camera_id = s.camera_id OR s.camera_id IS NULL)
      AND t.observed_at >= s.window_start AND t.observed_at < s.window_end
    ORDER BY array_position('{critical,warning,notice,info}'::text[], t.severity), t.observed_at
    LIMIT 1
) AS gravest ON true
LEFT JOIN scout.captures c ON c.id = gravest.capture_id
WHERE s.organization_id = %(organization_id)s::uuid AND s.id = ANY(%(ids)s::uuid[])
