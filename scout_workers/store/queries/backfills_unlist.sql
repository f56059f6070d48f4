-- Takes captures off a backfill's list: their turn has come, or they are no longer wanted.
DELETE FROM scout.backfill_items
WHERE backfill_id = %(id)s AND capture_id = ANY (%(ids)s::uuid[]) AND state = 'waiting'
