"""By which way tests reach Postgres: each test of the broker or the store goes one way in a run.

Through PgBouncer in transaction mode where there is one, straight otherwise; `--route` says else.
CI takes both ways: one on each of its two servers.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fix_pgbouncer import find_pgbouncer

if TYPE_CHECKING:
    import pytest

ROUTES = ("direct", "pgbouncer")
ROUTED = ("broker_url", "store_route")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one say the way."""
    parser.addoption(
        "--route",
        choices=[*ROUTES, "both"],
        help="how tests reach Postgres (default: through PgBouncer if it is installed)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the other way out, but of tests that name theirs."""
    there = find_pgbouncer() or os.environ.get("CI")  # where its absence is an error
    route = config.getoption("--route") or ("pgbouncer" if there else "direct")
    if route == "both":
        return
    left_out = [item for item in items if _route(item) not in {None, route}]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _route(item) in {None, route}]


def _route(item: pytest.Item) -> object:
    callspec = getattr(item, "callspec", None)
    named = {mark.args[0] for mark in item.iter_markers("parametrize")}
    ways = (callspec.params.get(name) for name in ROUTED if name not in named) if callspec else ()
    return next((way for way in ways if way), None)
