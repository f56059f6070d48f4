-- Drop what waits in a queue. Messages under lease end by themselves; the dead are kept: they are
-- evidence, and are dropped by name.
DELETE FROM {schema}.message WHERE queue = %(queue)s AND state IN ('ready', 'scheduled')
