-- Who did what to a backfill.
INSERT INTO scout.backfill_changes (organization_id, backfill_id, changed_by, change, detail)
VALUES (%(organization_id)s, %(id)s, %(changed_by)s, %(change)s, %(detail)s)
