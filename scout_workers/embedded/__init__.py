"""A Postgres of our own, for when nobody gave us one."""
