-- An operator opens what a provider closed.
UPDATE scout.provider_gates SET closed_until = '-infinity', closings = 0
WHERE provider = %(provider)s AND (%(model)s::text IS NULL OR model = %(model)s)
  AND closed_until > now()
