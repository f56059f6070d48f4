-- A pause, or the same one with another reason; the first moment stays.
INSERT INTO scout.switches (kind, organization_id, camera_id, provider, model, reason, paused_by)
VALUES (%(kind)s, %(organization_id)s, %(camera_id)s, %(provider)s, %(model)s, %(reason)s,
        %(paused_by)s)
ON CONFLICT (kind, organization_id, camera_id, provider, model) DO UPDATE
SET reason = excluded.reason, paused_by = excluded.paused_by
RETURNING (xmax = 0)
