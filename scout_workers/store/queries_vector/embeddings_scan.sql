-- How an index of neighbours is walked in this transaction: without iterative_scan it yields the
-- ef_search nearest and stops, and a filter that none of those pass leaves an empty page.
SELECT set_config('hnsw.iterative_scan', 'strict_order', true),
       set_config('hnsw.ef_search', %(ef_search)s::int::text, true),
       set_config('hnsw.max_scan_tuples', %(max_scan_tuples)s::int::text, true)
