-- How many rows the queue has ever been given and has lost, by the server's own count: what a rate is
-- reckoned from by two looks. It costs nobody anything, and is late by a second or so, as sessions tell
-- it. What was put in and rolled back counts as both. `about` is how many there are, by estimate.
SELECT coalesce(sum(n_tup_ins) FILTER (WHERE relname = 'message'), 0)::bigint AS put,
       coalesce(sum(n_tup_del) FILTER (WHERE relname = 'message'), 0)::bigint AS gone,
       coalesce(sum(n_tup_ins) FILTER (WHERE relname = 'dead_message'), 0)::bigint AS died,
       coalesce(sum(n_live_tup) FILTER (WHERE relname = 'message'), 0)::bigint AS about
FROM pg_stat_all_tables
WHERE schemaname = %(schema)s AND relname IN ('message', 'dead_message')
