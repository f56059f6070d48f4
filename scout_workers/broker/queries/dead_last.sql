-- Where a walk of the dead messages ends, and the moment it begins at, by this server's clock: what
-- dies while it walks is not a part of it.
SELECT (SELECT max(id) FROM {schema}.dead_message) AS last, now() AS now
