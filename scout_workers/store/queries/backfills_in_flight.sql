-- How many captures are in flight for a backfill: never more than its max_in_flight.
SELECT count(*)
FROM scout.backfill_items
WHERE backfill_id = %(id)s AND state = 'in_flight'
