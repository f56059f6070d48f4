-- Whose texts are searched: the one of that name, or whoever is there.
SELECT id, name, time_zone
FROM scout.organizations
WHERE %(name)s::text IS NULL OR name = %(name)s::text
ORDER BY name
LIMIT 20
