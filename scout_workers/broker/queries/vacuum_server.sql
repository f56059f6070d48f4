-- Who asks, whether he is shown what others' sessions do, and whether the server vacuums by itself.
SELECT current_user::text, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
       current_setting('autovacuum')::boolean
