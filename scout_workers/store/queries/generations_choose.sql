-- The question is known from here on: who is asked, what is told, which pictures go with it. Only
-- for whoever holds the lease, and once.
WITH asked AS (
    UPDATE scout.profile_generations
    SET provider = %(provider)s, model = %(model)s, facts = %(facts)s,
        input_hash = %(input_hash)s
    WHERE id = %(id)s AND lease_token = %(lease_token)s AND state = 'running'
      AND input_hash IS NULL
    RETURNING id, organization_id
),
samples AS (
    INSERT INTO scout.profile_generation_samples
        (organization_id, generation_id, ordinal, capture_id)
    SELECT asked.organization_id, asked.id, wanted.ordinal - 1, wanted.id
    FROM asked, unnest(%(captures)s::uuid[]) WITH ORDINALITY AS wanted (id, ordinal)
)
SELECT id FROM asked
