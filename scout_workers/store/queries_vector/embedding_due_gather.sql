-- Texts that wait become batches: of one organization, model and lane, since that is who pays, who
-- answers, and how soon. Each of those may have so many batches open and no more; what waits longer
-- waits here, where it costs nothing. Others gathering meanwhile pass over what we hold.
WITH waiting AS MATERIALIZED (
    SELECT m.id AS model_id, o.id AS organization_id, l.lane, d.source_kind, d.source_id,
           d.queued_at
    FROM scout.embedding_models m
    CROSS JOIN scout.organizations o
    CROSS JOIN (VALUES ('live'), ('backfill')) AS l (lane)
    CROSS JOIN LATERAL (
        SELECT count(*) AS open
        FROM scout.embedding_batches b
        WHERE b.settled_at IS NULL
          AND (b.model_id, b.organization_id, b.lane) = (m.id, o.id, l.lane)
    ) AS b
    CROSS JOIN LATERAL (
        SELECT d.source_kind, d.source_id, d.queued_at
        FROM scout.embedding_due d
        WHERE (d.model_id, d.organization_id, d.lane) = (m.id, o.id, l.lane)
          AND d.batch_id IS NULL AND d.error_class IS NULL
        ORDER BY d.queued_at
        LIMIT %(batch)s::int * greatest(%(open)s::int - b.open, 0)
        FOR UPDATE OF d SKIP LOCKED
    ) AS d
    WHERE m.state IN ('building', 'active')
),
numbered AS (
    SELECT *, (row_number() OVER (PARTITION BY model_id, organization_id, lane
                                  ORDER BY queued_at, source_id) - 1) / %(batch)s::int AS part
    FROM waiting
),
made AS MATERIALIZED (
    SELECT gen_random_uuid() AS id, model_id, organization_id, lane, part
    FROM numbered
    GROUP BY model_id, organization_id, lane, part
    ORDER BY lane DESC, part
    LIMIT %(most)s
),
batches AS (
    INSERT INTO scout.embedding_batches (id, organization_id, model_id, lane)
    SELECT id, organization_id, model_id, lane FROM made
),
taken AS (
    UPDATE scout.embedding_due d
    SET batch_id = made.id
    FROM numbered n
    JOIN made USING (model_id, organization_id, lane, part)
    WHERE (d.organization_id, d.source_kind, d.source_id, d.model_id)
          = (n.organization_id, n.source_kind, n.source_id, n.model_id)
)
SELECT id, lane FROM made ORDER BY lane DESC, part
