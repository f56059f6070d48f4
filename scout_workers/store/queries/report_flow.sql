-- How many captures came and calls were begun, ever, by the server's own count: what rates are
-- reckoned from by two looks, at no cost.
SELECT coalesce(sum(n_tup_ins) FILTER (WHERE relname = 'captures'), 0)::bigint AS captures,
       coalesce(sum(n_tup_ins) FILTER (WHERE relname = 'llm_calls'), 0)::bigint AS calls
FROM pg_stat_all_tables
WHERE schemaname = 'scout' AND relname IN ('captures', 'llm_calls')
