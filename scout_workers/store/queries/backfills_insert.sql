-- A backfill, planned. While another of the same selection is active nothing is inserted.
INSERT INTO scout.backfills
    (organization_id, camera_id, since, before, which, listed, wish, selection_hash, oldest_first,
     created_by, max_in_flight, rate, max_cost, until, yield_at, expected_cost, total)
VALUES
    (%(organization_id)s, %(camera_id)s, %(since)s, %(before)s, %(which)s, %(listed)s, %(wish)s,
     %(selection_hash)s, %(oldest_first)s, %(created_by)s, %(max_in_flight)s, %(rate)s,
     %(max_cost)s, %(until)s, %(yield_at)s, %(expected_cost)s, %(total)s)
ON CONFLICT (organization_id, selection_hash) WHERE state IN ('planned', 'running', 'paused')
DO NOTHING
RETURNING id
