-- The first that is asked of a provider or a model makes its gate, open.
INSERT INTO scout.provider_gates (provider, model) VALUES (%(provider)s, %(model)s)
ON CONFLICT DO NOTHING
