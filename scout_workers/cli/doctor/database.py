"""Findings about Postgres: what it is, what lies between, and whether it is ready for us."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scout_workers.cli.doctor.connecting import connected, row, through_pooler
from scout_workers.cli.doctor.findings import error, ok, warn
from scout_workers.cli.place import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding

_OLDEST = 15
_SKEW_SECONDS = 2.0
_LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "::1"})


def server(app: App) -> Iterator[Finding]:
    """Which server answers, straight or through a pooler, and as whom."""
    place = place_of(app.settings)
    with connected(app) as connection:
        info = connection.info
        pid, user, superuser = row(
            connection,
            "SELECT pg_backend_pid(), current_user, "
            "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)",
        )
        pooled = through_pooler(connection, pid)
        way = "through a pooler (PgBouncer or the like)" if pooled else "directly"
        major, minor = divmod(info.server_version, 10000)
        version = f"Postgres {major}.{minor}"
        if not place.setting:
            text = f"{version}, the embedded one in {app.settings.data_dir}, on port {info.port}"
        else:
            text = f"{version} {place}, database {info.dbname!r}, {way}, as {user!r}"
        if major < _OLDEST:
            yield error(
                "database",
                text,
                f"needs Postgres {_OLDEST} or newer: upgrade it, or unset "
                f"{place.setting} to use the embedded one",
            )
            return
        yield ok("database", text)
        encrypted = connection.pgconn.ssl_in_use
    if place.setting and place.host not in _LOOPBACK and not place.host.startswith("/"):
        if not encrypted:
            yield warn(
                "encryption",
                f"the way to {place.host} is not encrypted: pictures' descriptions and the "
                "password's proof cross it openly",
                f"add ?sslmode=require to {place.setting}, if the server has SSL",
            )
        else:
            yield ok("encryption", "SSL")
    if superuser and app.settings.env == "production":
        yield warn(
            "role", f"{user!r} is a superuser", "use a role that owns the database and no more"
        )


def pgvector(app: App) -> Iterator[Finding]:
    """Whether search by similarity can be had."""
    with connected(app) as connection:
        offered, installed = row(
            connection,
            "SELECT max(default_version), max(installed_version) "
            "FROM pg_available_extensions WHERE name = 'vector'",
        )
    if installed:
        yield ok("pgvector", f"{installed}, installed in the database")
    elif not app.settings.vector_search:
        yield ok("pgvector", "not wanted (vector_search is false): no search by similarity")
    elif offered:
        yield ok("pgvector", f"{offered}, offered by the server; migrations install it")
    else:
        yield error(
            "pgvector",
            "the server does not have it",
            "install it there (on Debian and Ubuntu postgresql-<version>-pgvector), or set "
            "SCOUT_VECTOR_SEARCH=false to do without search by similarity",
        )


def clock(app: App) -> Iterator[Finding]:
    """Whether this machine's clock and the database's agree."""
    with connected(app) as connection:
        before = time.time()
        (theirs,) = row(connection, "SELECT extract(epoch FROM clock_timestamp())::float8")
        after = time.time()
    # The answer was made at some moment between: only what lies outside is skew.
    skew = max(before - theirs, theirs - after, 0.0)
    if skew > _SKEW_SECONDS:
        yield warn(
            "clock",
            f"this machine and the database differ by {skew:.1f} s; messages go by the "
            "database's clock, but dates of pictures and logs by this machine's",
            "have both set their clocks by NTP",
        )
    else:
        yield ok("clock", f"agrees with the database's within {max(skew, after - before):.2f} s")


def migrations(app: App) -> Iterator[Finding]:
    """Whether the database is up to date."""
    rows = app.migration_status()
    pending = [
        f"{each.schema} {each.series} {each.version:04} {each.name}"
        for each in rows
        if not each.applied_at
    ]
    if pending:
        yield error(
            "migrations",
            f"{len(pending)} of {len(rows)} are pending, first {pending[0]}",
            "run `scout-workers migrate`; the worker and `import` do so too",
        )
    else:
        yield ok("migrations", f"all {len(rows)} applied")
