-- Which of some messages are still there, whatever their state: by the primary key.
SELECT id FROM {schema}.message WHERE id = ANY (%(ids)s)
