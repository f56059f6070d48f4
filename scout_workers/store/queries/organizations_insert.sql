-- Nothing is returned if the name is there already. DO NOTHING rather than DO UPDATE: a lookup
-- should not write a row version every time.
INSERT INTO scout.organizations (name)
VALUES (%(name)s)
ON CONFLICT (name) DO NOTHING
RETURNING id
