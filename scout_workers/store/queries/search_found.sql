-- What is shown of what was found: its camera, its picture, its own words.
SELECT t.source_kind, t.source_id, t.body, t.severity, t.observed_at, k.name, t.capture_id,
       t.analysis_id, c.bucket, c.key
FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS f (source_kind, source_id)
JOIN scout.search_texts t USING (source_kind, source_id)
LEFT JOIN scout.cameras k ON k.id = t.camera_id
LEFT JOIN scout.captures c ON c.id = t.capture_id
WHERE t.organization_id = %(organization_id)s::uuid
