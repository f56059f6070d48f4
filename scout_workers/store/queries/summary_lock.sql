-- Beginners of a window's summary take turns, and wait for those who are bringing news of it. The
-- key is a hash: two windows may share one, and then take turns for milliseconds.
SELECT pg_advisory_xact_lock(%(lock)s)
