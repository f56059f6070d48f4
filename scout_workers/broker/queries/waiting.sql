-- Whether a queue has anything left to do. State by state, each in the order of its index: a mere
-- EXISTS over the table is a scan of all of it for a queue that is empty.
SELECT
    (SELECT id FROM {schema}.message WHERE state = 'ready' AND queue = %(queue)s
     ORDER BY priority, seq LIMIT 1) IS NOT NULL
    OR (SELECT id FROM {schema}.message WHERE state = 'leased' AND queue = %(queue)s
        ORDER BY lease_owner LIMIT 1) IS NOT NULL
    OR (SELECT id FROM {schema}.message WHERE state = 'scheduled' AND queue = %(queue)s
        ORDER BY available_at LIMIT 1) IS NOT NULL
