-- Takes pauses away. Of a provider without a model: those of its models too.
DELETE FROM scout.switches AS s
WHERE s.kind = %(kind)s
  AND s.organization_id IS NOT DISTINCT FROM %(organization_id)s
  AND s.camera_id IS NOT DISTINCT FROM %(camera_id)s
  AND s.provider IS NOT DISTINCT FROM %(provider)s
  AND (%(model)s::text IS NULL OR s.model = %(model)s)
