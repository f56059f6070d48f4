-- Nothing is returned if the organization has a camera of that name already.
INSERT INTO scout.cameras (organization_id, name)
VALUES (%(organization_id)s, %(name)s)
ON CONFLICT (organization_id, name) DO NOTHING
RETURNING id
