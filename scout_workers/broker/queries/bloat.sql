-- How much room of each table its rows do not need, by estimate: pages there are, less pages the rows the
-- planner knows of would fill at their average width (24 bytes of header, 4 of pointer, rounded up to 8).
-- Right to a fifth or so once the table was analysed; NULL where it never was. Of the main fork alone:
-- what is stored apart from its row is neither in its size nor in the widths.
SELECT c.relname::text, pg_relation_size(c.oid) AS bytes,
       CASE WHEN c.reltuples >= 0 AND stats.width IS NOT NULL THEN greatest(
           pg_relation_size(c.oid) - 8192 * ceil(
               c.reltuples * (28 + 8 * ceil(stats.width / 8.0)) / (8168 * own.fillfactor / 100.0)
           ), 0) END::bigint AS spare
FROM pg_class c
CROSS JOIN LATERAL (
    SELECT sum(s.avg_width * (1 - s.null_frac)) AS width
    FROM pg_stats s
    WHERE s.schemaname = %(schema)s AND s.tablename = c.relname
) stats
CROSS JOIN LATERAL (
    SELECT coalesce(max(option_value) FILTER (WHERE option_name = 'fillfactor')::float8, 100)
           AS fillfactor
    FROM pg_options_to_table(c.reloptions)
) own
WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind = 'r'
