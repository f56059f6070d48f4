-- Those who decide on captures of one camera take turns, or each would count a row without the
-- other's. NO KEY UPDATE does not make the foreign keys of unrelated inserts wait.
SELECT id FROM scout.cameras WHERE id = %(camera_id)s FOR NO KEY UPDATE
