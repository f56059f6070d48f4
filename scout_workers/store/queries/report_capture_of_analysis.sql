-- Which capture an analysis is of.
SELECT capture_id FROM scout.analyses WHERE id = %(id)s::uuid
