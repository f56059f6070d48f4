"""A real RabbitMQ for the tests that compare with it: one a test run, started when first asked for.

It takes seconds of processor to start, so all xdist workers share it: a test names its queues for
itself. It lives as long as the process that controls the run.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import leashed_servers
import pytest

_FOLDER_VARIABLE = "TESTS_RABBITMQ_FOLDER"
_PROGRAMS = "/usr/lib/rabbitmq/bin"  # Debian's own on PATH insists on root
_END_SECONDS = 10.0


@pytest.fixture(scope="session")
def amqp_url() -> str:
    """The URL of a RabbitMQ."""
    program = leashed_servers.needed("rabbitmq-server", "rabbitmq-server", path=_PROGRAMS)
    epmd = leashed_servers.needed("epmd", "rabbitmq-server")
    folder = Path(os.environ[_FOLDER_VARIABLE])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        url = folder / "url"
        if not url.exists():
            url.write_text(_started(folder, program, epmd))
        return url.read_text()


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder and hold the leash, in the process that controls the run."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="scout-rabbitmq-"))
    os.environ[_FOLDER_VARIABLE] = str(folder)
    os.mkfifo(folder / "leash")
    hand = os.open(folder / "leash", os.O_RDWR)  # the one writer

    def end() -> None:
        os.close(hand)
        if not (folder / "data").exists():
            shutil.rmtree(folder)
        deadline = time.monotonic() + _END_SECONDS
        while folder.exists() and time.monotonic() < deadline:
            threading.Event().wait(0.02)

    config.add_cleanup(end)


def _started(folder: Path, program: str, epmd: str) -> str:
    port, names, distribution = (leashed_servers.free_port() for _ in range(3))
    environment = {
        "HOME": str(folder),  # where its cookie is made
        # A name server of its own, which ends with it; it would start one that does not.
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"tests{os.getpid()}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        # One scheduler that sleeps when it has nothing to do.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
    }
    (folder / "data").mkdir()
    (folder / "names").mkdir()
    for command, listens, own in [
        ([epmd], names, folder / "names"),
        ([program], port, folder),
    ]:
        with (folder / "leash").open("rb") as leash:
            holder = leashed_servers.start(
                command, listens, folder=own, leash=leash, environment=environment
            )
            holder.returncode = 0  # not for this process to wait for: others use it on
    return f"amqp://guest:guest@127.0.0.1:{port}"
