"""The servers the contenders talk to, started for the run in folders of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60.0
RABBITMQ_FOLDERS = ("/usr/lib/rabbitmq/bin",)


class NotThereError(Exception):
    """A server cannot be started here; the sentence says why."""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run Redis with an append-only file, written through every second: its usual durability."""
    program = shutil.which("redis-server")
    if program is None:
        raise NotThereError("Dramatiq + Redis is left out: there is no redis-server here")
    port = free_port()
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "logfile": str(folder / "redis.log"),
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    with _running([program, *arguments], {}, port):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def rabbitmq(folder: Path) -> Iterator[str]:
    """Run RabbitMQ on a node of its own, with an epmd of its own that ends with it."""
    program = shutil.which("rabbitmq-server", path=os.pathsep.join(RABBITMQ_FOLDERS))
    epmd = shutil.which("epmd")
    if program is None or epmd is None:
        raise NotThereError("Dramatiq + RabbitMQ is left out: there is no rabbitmq-server here")
    ports = {name: free_port() for name in ("amqp", "epmd", "distribution")}
    environment = {
        "HOME": str(folder),  # where its cookie is made
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"bench{os.getpid()}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(ports["amqp"]),
        "RABBITMQ_DIST_PORT": str(ports["distribution"]),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
    }
    with (
        _running([epmd], environment, ports["epmd"]),
        _running([program], environment, ports["amqp"]),
    ):
        yield f"amqp://guest:guest@127.0.0.1:{ports['amqp']}"


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    # Its own process group: RabbitMQ is a shell that started an Erlang that started helpers.
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise NotThereError(f"{process.args!r} did not begin to listen on port {port}")


def version_of(service: str) -> str:
    """Ask a server's program for its version."""
    if service == "redis":
        said = subprocess.run(
            ["redis-server", "--version"], capture_output=True, text=True, check=True
        )
        return said.stdout.partition("v=")[2].split()[0]
    releases = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*"))
    return releases[-1].name.partition("-")[2] if releases else "unknown"
