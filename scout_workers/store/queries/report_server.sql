-- What the server has in common for all: connections, of which some are kept back for superusers, and
-- the clock everything goes by.
SELECT (SELECT count(*) FROM pg_stat_activity WHERE usesysid IS NOT NULL AND datid IS NOT NULL),
       current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true), '0')::int,
       clock_timestamp()
