"""Each broker that settings can name, as the URL that names it: by the fixture's parameter."""

from __future__ import annotations

import os
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

# Those whose messages another process can reach.
SCHEMES = ["the database itself", "another database", "redis", "amqp", "dramatiq-pg"]
NEEDED = "TESTS_NEED_DRAMATIQ_PG"


def needs_dramatiq_pg() -> None:
    """Skip where dramatiq-pg cannot be had; fail where this run is there for it."""
    reason = None
    if not version("dramatiq").startswith("1."):
        reason = f"dramatiq-pg needs dramatiq 1.x, this is {version('dramatiq')}"
    elif find_spec("dramatiq_pg") is None:
        reason = "dramatiq-pg is not installed"
    if reason is not None:
        if os.environ.get(NEEDED):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(params=SCHEMES)
def broker_setting(request: pytest.FixtureRequest, store_url: str) -> str | None:
    """What SCOUT_BROKER__URL says; None: nothing, so that it is the database."""
    make: dict[str, Callable[[], str | None]] = {
        "the database itself": lambda: None,
        "another database": lambda: str(request.getfixturevalue("empty_database")),
        "redis": lambda: str(request.getfixturevalue("redis_url")),
        "amqp": lambda: str(request.getfixturevalue("amqp_url")),
        "dramatiq-pg": lambda: _dramatiq_pg(store_url),
    }
    return make[request.param]()


def _dramatiq_pg(database_url: str) -> str:
    needs_dramatiq_pg()
    return "dramatiq-pg" + database_url.removeprefix("postgresql")
