-- Add to one counter of a window unless the window is full. A function, because it takes a lock and
-- then two statements, each with a snapshot of its own (migrations/0002_results_and_limits.sql).
SELECT {schema}.add_within_sum(
    %(lock)s, %(key)s, %(keys)s, %(amount)s::bigint, %(maximum)s::bigint, %(ttl_ms)s::bigint)
