-- How many of an organization's texts are still to be embedded, by any model that is fed.
SELECT count(*)
FROM scout.embedding_due d
JOIN scout.embedding_models m ON m.id = d.model_id AND m.state <> 'retired'
WHERE d.organization_id = %(organization_id)s::uuid AND d.error_class IS NULL
