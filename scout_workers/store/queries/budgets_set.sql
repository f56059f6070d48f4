-- A budget, new or changed.
INSERT INTO scout.budgets AS b (organization_id, period, limit_microdollars)
VALUES (%(organization_id)s, %(period)s, %(limit)s)
ON CONFLICT (organization_id, period) DO UPDATE
SET limit_microdollars = excluded.limit_microdollars, set_at = now()
