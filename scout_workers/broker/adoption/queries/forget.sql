-- Drop the notes of rows that are deleted in the other database: nobody can adopt those again.
DELETE FROM {schema}.adopted WHERE key = ANY (%(keys)s::uuid[])
