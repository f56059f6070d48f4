"""Which of the server's sessions somebody holds: what a bar on connections is about."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

_SESSIONS = """
SELECT application_name, client_port FROM pg_stat_activity
WHERE application_name LIKE 'scout_%' AND backend_type = 'client backend'
"""
_SOCKETS = Path("/proc/net/tcp")
_ESTABLISHED = "01"


def held(connection: psycopg.Connection) -> Counter[str]:
    """Count the product's connections that a process of this machine has open, by name.

    The server lists the session of a killed process until it finds the socket closed, which it does
    when it next reads: nobody holds that connection any more, while the successor has its own.
    """
    sessions = connection.execute(_SESSIONS).fetchall()
    sockets = (line.split() for line in _SOCKETS.read_text("ascii").splitlines()[1:])
    open_ports = {
        int(local.rpartition(":")[2], 16)
        for _, local, _, state, *_ in sockets
        if state == _ESTABLISHED
    }
    return Counter(name for name, port in sessions if port in open_ports)
