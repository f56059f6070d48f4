"""A real Redis for the tests that compare with it; each xdist worker has its own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import leashed_servers
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of an empty Redis that writes nothing to disk."""
    program = leashed_servers.needed("redis-server", "redis-server")
    port = leashed_servers.free_port()
    folder = Path(tempfile.mkdtemp(prefix="scout-redis-"))
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    holder = leashed_servers.start([program, *options], port, folder=folder)
    yield f"redis://127.0.0.1:{port}/0"
    holder.communicate()
