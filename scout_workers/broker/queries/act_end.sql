-- An act came to its end; the first end counts.
UPDATE {schema}.operator_act SET ended_at = now() WHERE id = %(id)s AND ended_at IS NULL
