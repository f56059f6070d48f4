-- Texts with these words, best first, among the thousand newest that match: a word that stands in
-- every text is not ranked a million times, and the newest of an organization are found by time where
-- a word is frequent, by the word where it is rare. Whatever is asked is read as a person's search
-- ("a phrase", or, -not) and is never an error.
WITH newest AS MATERIALIZED (
    SELECT source_kind, source_id, observed_at, words
    FROM scout.search_texts
    WHERE organization_id = %(organization_id)s::uuid
      AND words @@ websearch_to_tsquery('english', %(text)s::text)
      AND (%(camera_ids)s::uuid[] IS NULL OR camera_id = ANY(%(camera_ids)s::uuid[]))
      AND (%(since)s::timestamptz IS NULL OR observed_at >= %(since)s::timestamptz)
      AND (%(until)s::timestamptz IS NULL OR observed_at < %(until)s::timestamptz)
      AND (%(kinds)s::text[] IS NULL OR source_kind = ANY(%(kinds)s::text[]))
      AND (%(severities)s::text[] IS NULL OR severity = ANY(%(severities)s::text[]))
    ORDER BY observed_at DESC
    LIMIT %(ranked)s::int
)
SELECT source_kind, source_id
FROM newest
ORDER BY ts_rank_cd(words, websearch_to_tsquery('english', %(text)s::text), 1) DESC,
         observed_at DESC, source_id
LIMIT %(limit)s::int
