-- The pictures a proposal is made from, in the order the model sees them.
SELECT c.bucket, c.key
FROM scout.profile_generation_samples AS s
JOIN scout.captures AS c ON c.id = s.capture_id
WHERE s.generation_id = %(id)s
ORDER BY s.ordinal
