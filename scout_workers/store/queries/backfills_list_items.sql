-- Puts chosen captures on a backfill's list; those that are on it already stay as they are.
INSERT INTO scout.backfill_items (organization_id, backfill_id, capture_id, captured_at, state)
SELECT %(organization_id)s::uuid, %(backfill_id)s::uuid, n.id, n.captured_at, 'waiting'
FROM unnest(%(ids)s::uuid[], %(moments)s::timestamptz[]) AS n (id, captured_at)
ORDER BY n.id
ON CONFLICT (backfill_id, capture_id) DO NOTHING
