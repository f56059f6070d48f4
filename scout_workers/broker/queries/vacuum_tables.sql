-- What vacuum knows of our tables, what was said to it of each, and from how many dead rows on it
-- comes (Postgres 18 has an upper bound to that, before there is no such setting).
SELECT s.relname::text, s.n_live_tup, s.n_dead_tup, s.last_vacuum, s.last_autovacuum,
       coalesce(c.reloptions, ARRAY[]::text[]) AS settings,
       least(
           coalesce(own.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
           + coalesce(own.scale, current_setting('autovacuum_vacuum_scale_factor')::float8)
             * greatest(c.reltuples, 0),
           nullif(current_setting('autovacuum_vacuum_max_threshold', true), '-1')::float8
       )::float8 AS due_at,
       pg_table_size(c.oid), pg_indexes_size(c.oid)
FROM pg_stat_all_tables s
JOIN pg_class c ON c.oid = s.relid
CROSS JOIN LATERAL (
    SELECT max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')::float8
               AS threshold,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')::float8
               AS scale
    FROM pg_options_to_table(c.reloptions)
) own
WHERE s.schemaname = %(schema)s
ORDER BY s.n_dead_tup DESC, s.relname
