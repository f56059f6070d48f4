-- A half of a batch that the model refused: of the same organization, model and lane.
INSERT INTO scout.embedding_batches (organization_id, model_id, lane)
SELECT organization_id, model_id, lane FROM scout.embedding_batches WHERE id = %(id)s
RETURNING id
