-- How old the oldest transaction id of this database is that no vacuum has frozen, and at what age vacuum
-- comes whatever else is said. Beyond two thousand million the server takes no more writes.
SELECT age(d.datfrozenxid), current_setting('autovacuum_freeze_max_age')::bigint
FROM pg_database d
WHERE d.datname = current_database()
