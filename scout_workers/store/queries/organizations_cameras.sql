-- How many cameras an organization has.
SELECT count(*) FROM scout.cameras WHERE organization_id = %(organization_id)s
