-- How many vectors a filter leaves, counted no further than it matters.
SELECT count(*)
FROM (
    SELECT
    FROM scout.embeddings
    WHERE model_id = %(model_id)s::smallint AND organization_id = %(organization_id)s::uuid
      AND (%(camera_ids)s::uuid[] IS NULL OR camera_id = ANY(%(camera_ids)s::uuid[]))
      AND (%(since)s::timestamptz IS NULL OR observed_at >= %(since)s::timestamptz)
      AND (%(until)s::timestamptz IS NULL OR observed_at < %(until)s::timestamptz)
      AND (%(kinds)s::text[] IS NULL OR source_kind = ANY(%(kinds)s::text[]))
      AND (%(severities)s::text[] IS NULL OR severity = ANY(%(severities)s::text[]))
    LIMIT %(most)s::int
) AS counted
