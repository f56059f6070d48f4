"""A Dramatiq broker on plain Postgres: polling, fenced, safe behind PgBouncer."""
