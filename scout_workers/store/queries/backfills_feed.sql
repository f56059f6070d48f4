-- Puts captures in flight and returns those that are now ours: what is in flight for another backfill
-- is left to it. In the order of their ids, so that two backfills never wait for each other.
INSERT INTO scout.backfill_items AS i
    (organization_id, backfill_id, capture_id, captured_at, state, fed_at)
SELECT %(organization_id)s::uuid, %(id)s::uuid, n.id, n.captured_at, 'in_flight', now()
FROM unnest(%(ids)s::uuid[], %(moments)s::timestamptz[]) AS n (id, captured_at)
ORDER BY n.id
ON CONFLICT DO NOTHING
RETURNING capture_id
