-- A statement of its own: it sees what a concurrent insert committed while ours waited for it.
SELECT id FROM scout.cameras WHERE organization_id = %(organization_id)s AND name = %(name)s
