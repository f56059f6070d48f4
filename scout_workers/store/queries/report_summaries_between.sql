-- The ids an abbreviation may mean: a prefix of a UUID is a range of the primary key.
SELECT id FROM scout.summaries WHERE id BETWEEN %(first)s::uuid AND %(last)s::uuid ORDER BY id LIMIT 6
