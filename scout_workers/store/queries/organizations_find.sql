-- A statement of its own: it sees what a concurrent insert committed while ours waited for it.
SELECT id FROM scout.organizations WHERE name = %(name)s
