"""A Postgres of our own, for when nobody gave us one.

    with embedded.acquire(data_dir) as server:
        psycopg.connect(server.url)

The programs come from a wheel; everything else is here. Any number of processes may acquire the
same folder: the first starts the server, the last to leave stops it.
"""

from __future__ import annotations

from scout_workers.embedded.errors import (
    BrokenInstallationError,
    BusyError,
    EmbeddedError,
    FolderNotWritableError,
    ForeignClusterError,
    InitialisationError,
    NoUnprivilegedUserError,
    StartError,
    StopError,
    UnsupportedPlatformError,
)
from scout_workers.embedded.server import Server, acquire
from scout_workers.embedded.status import Status, status

__all__ = [
    "BrokenInstallationError",
    "BusyError",
    "EmbeddedError",
    "FolderNotWritableError",
    "ForeignClusterError",
    "InitialisationError",
    "NoUnprivilegedUserError",
    "Server",
    "StartError",
    "Status",
    "StopError",
    "UnsupportedPlatformError",
    "acquire",
    "status",
]
