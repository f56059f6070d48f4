-- No budget any more; its windows go with it, since the ledger knows what was spent.
DELETE FROM scout.budgets
WHERE organization_id = %(organization_id)s AND period = %(period)s
