-- Which of these keys are captures already: a second import of the same files writes no blob.
SELECT key FROM scout.captures WHERE bucket = %(bucket)s AND key = ANY(%(keys)s::text[])
