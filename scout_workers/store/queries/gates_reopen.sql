-- An answer came: the next closing is the first in a row. Touches nothing where there was none.
UPDATE scout.provider_gates
SET closings = 0
WHERE provider = %(provider)s AND model = %(model)s AND closings > 0 AND closed_until <= now()
