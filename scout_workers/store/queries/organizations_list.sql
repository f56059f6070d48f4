-- Every organization, for whoever mistyped one.
SELECT id, name, time_zone
FROM scout.organizations
ORDER BY name
