"""Findings about a pooler in between: which mode it is in, and whether its settings suit us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from scout_workers.cli.doctor.connecting import connected, row, through_pooler
from scout_workers.cli.doctor.findings import error, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding
    from scout_workers.settings import Settings

_TRIES = 5
_LONGEST_LOGIN_RETRY = 5.0
_SUBJECT = "pooler"


def pooler(app: App) -> Iterator[Finding]:
    """Whether a pooler stands between, in which mode, and whether its settings suit us."""
    with connected(app) as first, connected(app) as second:
        (pid,) = row(first, "SELECT pg_backend_pid()")
        if not through_pooler(first, pid):
            yield ok(_SUBJECT, "none in between: each connection of ours is one of the server's")
            return
        shared = _is_shared(first, second)
    if shared is None:
        yield error(
            _SUBJECT,
            "it is in statement mode, and refuses transactions",
            "set pool_mode = transaction for this database in pgbouncer.ini",
        )
        return
    if shared:
        yield ok(_SUBJECT, "in transaction mode: two connections of ours took turns on one session")
    else:
        yield warn(
            _SUBJECT,
            "it seems to be in session mode: each connection of ours keeps one of the server's",
            "pool_mode = transaction lets many workers share few (docs/pgbouncer.md); nothing of "
            "ours needs a session",
        )
    configuration = _configuration(app.database_url)
    if configuration is None:
        yield ok(
            "pooler's settings",
            "not shown to this user (stats_users, admin_users): compare with docs/pgbouncer.md",
        )
        return
    yield from suits(configuration, app.settings)


def suits(configuration: Mapping[str, str], settings: Settings) -> Iterator[Finding]:
    """Judge a PgBouncer's settings by what the workers of ours will ask of it."""
    subject, found = "pooler's settings", []
    processes = settings.worker.processes
    each = settings.pools.application_size + settings.pools.broker_size
    clients, sessions = (
        _number(configuration, "max_client_conn"),
        _number(configuration, "default_pool_size"),
    )
    if clients < each * processes:
        found.append(
            warn(
                subject,
                f"max_client_conn is {clients:.0f}, and {processes} worker processes open up to "
                f"{each * processes} connections to it",
                f"set max_client_conn to {2 * each * processes} or more: it costs little",
            )
        )
    if sessions < min(each, 4):
        found.append(
            warn(
                subject,
                f"default_pool_size is {sessions:.0f} for each user and database: a busy broker "
                "statement may wait for the application's",
                "set it to 20, or give the broker a user of its own",
            )
        )
    retry = _number(configuration, "server_login_retry")
    if retry > _LONGEST_LOGIN_RETRY:
        found.append(
            warn(
                subject,
                f"server_login_retry is {retry:.0f} s: so long nobody gets a connection after the "
                "server was away for a moment",
                "set server_login_retry = 1",
            )
        )
    wait = _number(configuration, "query_wait_timeout")
    checkout = settings.pools.checkout_timeout_seconds
    if 0 < wait < checkout:
        found.append(
            warn(
                subject,
                f"query_wait_timeout is {wait:.0f} s, less than we wait for a connection "
                f"({checkout:.0f} s): a wait there is a broken connection here",
                "set query_wait_timeout = 120, its default",
            )
        )
    if found:
        yield from found
    else:
        yield ok(
            subject,
            f"suit: max_client_conn {clients:.0f}, default_pool_size {sessions:.0f}, "
            f"server_login_retry {retry:.0f} s",
        )


def _is_shared(
    first: psycopg.Connection[tuple[Any, ...]], second: psycopg.Connection[tuple[Any, ...]]
) -> bool | None:
    """Tell whether one session of the server serves both by turns; None: no transactions at all.

    Others may take it just then, so a few times.
    """
    for _ in range(_TRIES):
        (mine,) = row(first, "SELECT pg_backend_pid()")
        try:
            with second.transaction():
                (theirs,) = row(second, "SELECT pg_backend_pid()")
        except psycopg.Error as refused:
            if "statement pooling" in str(refused):
                return None
            raise
        if mine == theirs:
            return True
    return False


def _configuration(url: str) -> dict[str, str] | None:
    """Read PgBouncer's settings from its console; None: this user is not let in, or no such one."""
    conninfo = make_conninfo(url, dbname="pgbouncer", connect_timeout=5)
    try:
        with psycopg.connect(
            conninfo, autocommit=True, cursor_factory=psycopg.ClientCursor
        ) as console:
            return {str(name): str(value) for name, value, *_ in console.execute("SHOW CONFIG")}
    except psycopg.Error:
        return None


def _number(configuration: Mapping[str, str], name: str) -> float:
    try:
        return float(configuration[name])
    except (KeyError, ValueError):
        return 0.0
