-- Which of these keys are captures already, and what they were called where they came from: a
-- second import of the same files writes no blob.
SELECT key, source FROM scout.captures WHERE bucket = %(bucket)s AND key = ANY(%(keys)s::text[])
