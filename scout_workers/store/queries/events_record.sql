-- One event of a kind for each subject. Should a subject settle again (an operator's retry) its
-- event tells the latest, and is to be broadcast again.
INSERT INTO scout.events (organization_id, kind, subject_id, payload)
VALUES (%(organization_id)s, %(kind)s, %(subject_id)s, %(payload)s)
ON CONFLICT (kind, subject_id) DO UPDATE
SET payload = excluded.payload, created_at = now(), broadcast_at = NULL
RETURNING id
