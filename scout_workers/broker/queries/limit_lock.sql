-- The right to claim from a queue with a limit for the whole fleet, until the transaction ends; false
-- if another process has it at this moment. A lock of the transaction: PgBouncer forbids the other.
SELECT pg_try_advisory_xact_lock(hashtextextended('{schema}.' || %(queue)s, 1))
