-- Whoever may keep vacuum from removing dead rows of this database, and how far back: sessions with a
-- snapshot or a transaction (vacuum itself has no user here, and holds nothing), slots of standbys
-- that report theirs, prepared transactions. A snapshot holds back what is younger than its xmin, a
-- transaction that wrote what is younger than itself. To a role that is not shown what others do,
-- their states, times and statements are NULL here, but not their xmins.
SELECT 'session' AS kind, a.pid::text AS name, a.application_name::text, a.usename::text AS who,
       a.state::text, extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS open_seconds,
       CASE WHEN starts_with(a.state, 'idle in transaction')
            THEN extract(epoch FROM clock_timestamp() - a.state_change)::float8 END AS idle_seconds,
       held.xid::text, age(held.xid) AS behind,
       left(nullif(a.query, '<insufficient privilege>'), 200) AS query
FROM pg_stat_activity a
CROSS JOIN LATERAL (
    SELECT xid FROM (VALUES (a.backend_xmin), (a.backend_xid)) AS own (xid)
    WHERE xid IS NOT NULL ORDER BY age(xid) DESC LIMIT 1
) held
WHERE a.pid <> pg_backend_pid() AND a.usesysid IS NOT NULL
  AND (a.datid IS NULL OR a.datname = current_database())
UNION ALL
SELECT 'session', a.pid::text, a.application_name::text, a.usename::text, a.state::text,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
       CASE WHEN starts_with(a.state, 'idle in transaction')
            THEN extract(epoch FROM clock_timestamp() - a.state_change)::float8 END,
       NULL, NULL, left(a.query, 200)
FROM pg_stat_activity a
WHERE a.pid <> pg_backend_pid() AND a.usesysid IS NOT NULL AND a.datname = current_database()
  AND a.xact_start IS NOT NULL AND a.backend_xmin IS NULL AND a.backend_xid IS NULL
UNION ALL
SELECT 'slot', slot_name::text, NULL, NULL, CASE WHEN active THEN 'active' ELSE 'inactive' END,
       NULL, NULL, xmin::text, age(xmin), NULL
FROM pg_replication_slots
WHERE xmin IS NOT NULL
UNION ALL
SELECT 'prepared', gid, NULL, owner::text, NULL,
       extract(epoch FROM clock_timestamp() - prepared)::float8, NULL,
       transaction::text, age(transaction), NULL
FROM pg_prepared_xacts
WHERE database = current_database()
ORDER BY behind DESC NULLS LAST, open_seconds DESC NULLS LAST
