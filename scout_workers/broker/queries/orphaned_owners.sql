-- Lease owners that are no longer there: those between one worker that is there and the next, so that
-- nothing is read of what the living hold, nor of what they held: while somebody keeps an old snapshot
-- open, each lease leaves an entry in message_leased that no vacuum may remove. No worker has the
-- lowest or the highest of all ids. DISTINCT inside: a sub-select that is no plain one is begun for
-- each gap, from its ids; of a plain join the planner made one walk over all of the index. Apart from
-- the rescue itself: an owner, once gone, never comes back under its id, but a statement that looked
-- at both at once could take a lease given after its snapshot for an orphan's.
SELECT owner.lease_owner
FROM (
    SELECT id AS low, lead(id, 1, 'ffffffff-ffff-ffff-ffff-ffffffffffff') OVER (ORDER BY id) AS high
    FROM (
        SELECT id FROM {schema}.worker
        UNION ALL
        SELECT '00000000-0000-0000-0000-000000000000'
    ) edge
) gap
CROSS JOIN LATERAL (
    SELECT DISTINCT m.lease_owner FROM {schema}.message m
    WHERE m.state = 'leased' AND m.lease_owner > gap.low AND m.lease_owner < gap.high
) owner
