-- Who holds connections to this database, by what they call themselves. To a role that is not shown what
-- others do their states and times are NULL, but not their names. A client's session has a user and a
-- database; whoever asks counts himself.
SELECT coalesce(nullif(application_name, ''), '(unnamed)')::text, count(*),
       count(*) FILTER (WHERE state = 'active'),
       count(*) FILTER (WHERE state = 'idle'),
       count(*) FILTER (WHERE starts_with(state, 'idle in transaction')),
       max(extract(epoch FROM clock_timestamp() - state_change))
           FILTER (WHERE starts_with(state, 'idle in transaction'))::float8
FROM pg_stat_activity
WHERE datname = current_database() AND usesysid IS NOT NULL
GROUP BY 1
ORDER BY 1
