-- A result that was read and is wanted no more.
DELETE FROM {schema}.result WHERE key = %(key)s
