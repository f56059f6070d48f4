-- What operators did, the latest first.
SELECT id, at, ended_at, by, what, subject, details, messages
FROM {schema}.operator_act
WHERE (%(subject)s::text IS NULL OR subject = %(subject)s)
ORDER BY at DESC, id DESC
LIMIT %(most)s
