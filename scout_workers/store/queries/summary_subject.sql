-- Whose window it is: the organization's time zone and the camera's name, which must be of that
-- organization. No row comes back where there is no such one.
SELECT o.time_zone, k.name
FROM scout.organizations AS o
LEFT JOIN scout.cameras AS k ON k.organization_id = o.id AND k.id = %(camera_id)s
WHERE o.id = %(organization_id)s AND (%(camera_id)s::uuid IS NULL OR k.id IS NOT NULL)
