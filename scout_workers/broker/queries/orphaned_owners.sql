-- Lease owners that are no longer there. Apart from the rescue itself: an owner, once gone, never
-- comes back under its id, but a statement that looked at both at once could take a lease given
-- after its snapshot for an orphan's.
SELECT DISTINCT m.lease_owner FROM {schema}.message m
WHERE m.state = 'leased'
  AND NOT EXISTS (SELECT FROM {schema}.worker w WHERE w.id = m.lease_owner)
