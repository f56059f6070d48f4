-- The organizations by name: for whoever must be asked which one is meant.
SELECT id, name FROM scout.organizations ORDER BY name LIMIT 1000
