-- Note what is being adopted, and tell which of it was not noted before. Who adopts the same at the
-- same time is waited for: that is what a unique index does.
INSERT INTO {schema}.adopted (key)
SELECT unnest(%(keys)s::uuid[])
ON CONFLICT DO NOTHING
RETURNING key
