-- A model to be built; one that was retired is built on, from the vectors it still has.
INSERT INTO scout.embedding_models (provider, model, dimensions)
VALUES (%(provider)s, %(model)s, %(dimensions)s)
ON CONFLICT (provider, model) DO UPDATE
SET state = 'building', retired_at = NULL
WHERE embedding_models.state = 'retired'
