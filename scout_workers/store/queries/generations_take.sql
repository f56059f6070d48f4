-- Whoever begins last has the right to write; an earlier one's token matches nothing from here on.
UPDATE scout.profile_generations
SET state = 'running', lease_token = %(lease_token)s, attempts = attempts + 1,
    started_at = coalesce(started_at, now())
WHERE id = %(id)s
