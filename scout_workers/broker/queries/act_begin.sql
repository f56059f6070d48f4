-- An operator's act is on record before anything of it is done.
INSERT INTO {schema}.operator_act (by, what, subject, details)
VALUES (%(by)s, %(what)s, %(subject)s, %(details)s::jsonb)
RETURNING id
