-- The nearest of many, by the model's own index: the model and its dimensions stand here as figures,
-- since the planner must see that the index is for them. Under embeddings_scan.sql's settings the
-- index is walked on until enough rows pass the filter.
SELECT source_kind, source_id,
       1 - (embedding::{vectors}.halfvec({dimensions}) OPERATOR({vectors}.<=>)
            %(vector)s::{vectors}.halfvec({dimensions})) AS similarity
FROM scout.embeddings
WHERE model_id = {model_id} AND organization_id = %(organization_id)s::uuid
  AND (%(camera_ids)s::uuid[] IS NULL OR camera_id = ANY(%(camera_ids)s::uuid[]))
  AND (%(since)s::timestamptz IS NULL OR observed_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR observed_at < %(until)s::timestamptz)
  AND (%(kinds)s::text[] IS NULL OR source_kind = ANY(%(kinds)s::text[]))
  AND (%(severities)s::text[] IS NULL OR severity = ANY(%(severities)s::text[]))
ORDER BY embedding::{vectors}.halfvec({dimensions}) OPERATOR({vectors}.<=>)
         %(vector)s::{vectors}.halfvec({dimensions})
LIMIT %(limit)s::int
