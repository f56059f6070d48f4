-- The nearest of few, exactly: all that the filter leaves (or the newest of them) are compared. The
-- filter is a step of its own, lest the planner walk the index of neighbours and throw most away.
WITH few AS MATERIALIZED (
    SELECT source_kind, source_id, embedding
    FROM scout.embeddings
    WHERE model_id = %(model_id)s::smallint AND organization_id = %(organization_id)s::uuid
      AND (%(camera_ids)s::uuid[] IS NULL OR camera_id = ANY(%(camera_ids)s::uuid[]))
      AND (%(since)s::timestamptz IS NULL OR observed_at >= %(since)s::timestamptz)
      AND (%(until)s::timestamptz IS NULL OR observed_at < %(until)s::timestamptz)
      AND (%(kinds)s::text[] IS NULL OR source_kind = ANY(%(kinds)s::text[]))
      AND (%(severities)s::text[] IS NULL OR severity = ANY(%(severities)s::text[]))
    ORDER BY observed_at DESC
    LIMIT %(most)s::int
)
SELECT source_kind, source_id,
       1 - (embedding OPERATOR({vectors}.<=>) %(vector)s::{vectors}.halfvec) AS similarity
FROM few
ORDER BY embedding OPERATOR({vectors}.<=>) %(vector)s::{vectors}.halfvec
LIMIT %(limit)s::int
