"""Findings about the two pools' roles: who they are, what they see, what ends their sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.cli.broker_view import name_of
from scout_workers.cli.doctor.findings import ok, warn
from scout_workers.domain.spans import span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding

_LEAST_MS = 5000
"""No statement of ours may take longer; a role's limit below it would cut some off."""

_ALTER = "ALTER ROLE {} SET {} = '{}'"

_ASKED = (
    b"SELECT current_user, current_setting('application_name'),"
    b" (SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'),"
    b" (SELECT setting::int FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'),"
    b" pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')"
)


def pools(app: App) -> Iterator[Finding]:
    """Whether both pools connect, as whom, and whether that role's time-outs suit."""
    sees_all = True
    lenders = [("application", app.pool), ("broker", getattr(app.broker, "pool", None))]
    for name, pool in lenders:
        # dramatiq-pg has a pool too, and it is of another kind.
        if pool is None or not hasattr(pool, "connection"):
            yield ok(f"{name} pool", f"none: {name_of(app.broker)} keeps messages elsewhere")
            continue
        with pool.connection() as connection:
            asked = connection.execute(_ASKED).fetchone()
        assert asked is not None
        user, shown, statement, idle, sees = asked
        sees_all = sees_all and sees
        yield ok(f"{name} pool", f"connects as {user!r}, shows as {shown!r}")
        yield from timeouts(name, user, statement, idle, strict=app.settings.env == "production")
    if not sees_all:
        yield ok(
            "role's view",
            "is not shown what other roles' sessions do: status and vacuum-report say less (GRANT "
            "pg_read_all_stats would show it)",
        )


def timeouts(
    name: str, user: str, statement_ms: int, idle_ms: int, *, strict: bool
) -> Iterator[Finding]:
    """Judge a role's time-outs; 0 is none.

    Args:
        name: Of the pool.
        user: Of its role.
        statement_ms: The role's statement_timeout, in milliseconds.
        idle_ms: Its idle_in_transaction_session_timeout.
        strict: Whether their absence is worth a warning.
    """
    subject = f"{name} time-outs"
    told = f"statement {_said(statement_ms)}, idle in transaction {_said(idle_ms)}"
    short = [
        _ALTER.format(user, setting, wanted)
        for setting, value, wanted in (
            ("statement_timeout", statement_ms, "15s"),
            ("idle_in_transaction_session_timeout", idle_ms, "15s"),
        )
        if 0 < value < _LEAST_MS
    ]
    if short:
        yield warn(subject, f"{told}: short enough to cut off what is well", "; ".join(short))
    elif strict and not (statement_ms and idle_ms):
        yield warn(
            subject,
            f"{told}: our transactions set their own, but a process that is stopped between two "
            "statements, or somebody's hand, would hold its locks for ever",
            f"{_ALTER.format(user, 'statement_timeout', '30s')}; "
            f"{_ALTER.format(user, 'idle_in_transaction_session_timeout', '30s')} (docs/roles.sql)",
        )
    else:
        yield ok(subject, told)


def _said(milliseconds: int) -> str:
    return "never" if not milliseconds else f"after {span(milliseconds / 1000)}"
