"""Servers of other makers, started by a test run for itself, that cannot outlive it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

START_SECONDS = 60.0

# The server gets a process group of its own: a RabbitMQ is a shell that started an Erlang that
# started helpers. Standard input ends when whoever holds its other end does, even by SIGKILL.
_LEASH = """
folder=$1; shift
exec 3<&0
setsid "$@" 3<&- & server=$!
{ read -r _ <&3; kill -s KILL -- -$server; } & reader=$!
wait $server
kill -s KILL -- -$server $reader 2>/dev/null
rm -rf "$folder"
"""


def needed(program: str, package: str, *, path: str | None = None) -> str:
    """Find a program; without it the test is skipped, or fails where CI is set."""
    found = shutil.which(program, path=path)
    if found:
        return found
    message = f"no {program} here: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def start(
    command: Sequence[str],
    port: int,
    *,
    folder: Path,
    leash: int | IO[bytes] = subprocess.PIPE,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server and wait until it listens.

    Args:
        command: Program and arguments.
        port: Where on 127.0.0.1 it will listen.
        folder: Its own; deleted when it has ended.
        leash: The server ends when this does.
        environment: More variables for it.

    Returns:
        What holds it; its `communicate` lets go of the leash and waits for the end.

    Raises:
        RuntimeError: It ended, or does not listen after a minute.
    """
    with (folder / "said").open("w+b") as said:
        holder = subprocess.Popen(
            ["sh", "-c", _LEASH, "leash", str(folder), *command],
            env=os.environ | dict(environment or {}),
            stdin=leash,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while not listens(port):
            if holder.poll() is not None or time.monotonic() > deadline:
                if holder.stdin is not None:
                    holder.communicate()
                said.seek(0)
                raise RuntimeError(f"{command[0]} did not start:\n{said.read().decode()}")
            threading.Event().wait(0.05)
    return holder


def listens(port: int) -> bool:
    """Tell whether somebody listens on a port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
