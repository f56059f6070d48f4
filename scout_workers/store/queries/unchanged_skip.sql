-- Skipped, since it shows no news against another capture; under the fence of a finish. Nothing was
-- asked of any model.
UPDATE scout.analyses
SET state = 'skipped', settled_at = now(), error_class = 'unchanged', error_detail = %(detail)s,
    resembles_capture_id = %(resembles)s
WHERE id = %(id)s AND lease_token = %(lease_token)s AND state = 'running'
