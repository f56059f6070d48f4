"""A real PgBouncer in transaction mode, as production puts it in front of Postgres.

`pgbouncer(database_url)` starts one and returns a URL that goes through it. That URL is also the
handle for what can happen to a PgBouncer: `kill`, `start`, `stop`, `cont`, `pause`, `resume`.
`through_pgbouncer` is one to which nothing happens, and that tests share.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from scout_workers.embedded.identity import Identity, choose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_START_SECONDS = 20.0
_NOBODYS = Path("/nonexistent")

_CONFIGURATION = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = {auth_type}
auth_file = {users}
admin_users = {user}
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 2000
server_login_retry = 1
log_connections = 0
log_disconnections = 0
{more}
"""


@dataclass(frozen=True)
class _Setup:
    """What starting a PgBouncer takes; it can be started again on the same port."""

    binary: str
    folder: Path
    who: Identity
    listen_port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


class PgBouncer(str):
    """A URL through a PgBouncer of its own, and the faults to inject there."""

    __slots__ = ("_setup",)
    _setup: _Setup

    @classmethod
    def over(cls, database_url: str, setup: _Setup) -> PgBouncer:
        """The URL of the same database and user, through the PgBouncer of `setup`."""
        parts = urlsplit(database_url)
        credentials, at, _ = parts.netloc.rpartition("@")
        place = f"{credentials}{at}127.0.0.1:{setup.listen_port}"
        self = cls(urlunsplit(parts._replace(netloc=place)))
        self._setup = setup
        return self

    def to(self, database_url: str) -> PgBouncer:
        """Return the URL of another database of the same server, through this one."""
        return self.over(database_url, self._setup)

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return self._setup.listen_port

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._setup.processes[-1].pid

    @property
    def log(self) -> str:
        """All it has logged."""
        return self._setup.log

    def start(self) -> None:
        """Start it, again after `kill`, and wait until it answers."""
        setup = self._setup
        with (setup.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [setup.binary, str(setup.folder / "pgbouncer.ini")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=setup.who.uid if setup.who.borrowed else None,
                group=setup.who.gid if setup.who.borrowed else None,
                extra_groups=[] if setup.who.borrowed else None,
            )
        setup.processes.append(process)
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PgBouncer did not start:\n{self.log}")
            threading.Event().wait(0.01)

    def kill(self) -> None:
        """Kill it; the port is closed and every connection reset when this returns."""
        for process in self._setup.processes:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def cont(self) -> None:
        """Let a frozen one go on."""
        os.kill(self.pid, signal.SIGCONT)

    def pause(self) -> None:
        """Let transactions finish and start no new one; clients wait."""
        self.admin("PAUSE")

    def resume(self) -> None:
        """End a pause."""
        self.admin("RESUME")

    def admin(self, command: str) -> list[dict[str, Any]]:
        """Say something on its console, and return the rows it answers with."""
        console = urlunsplit(urlsplit(self)._replace(path="/pgbouncer"))
        with psycopg.connect(console, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(command.encode())
            return cursor.fetchall() if cursor.description else []

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            return bool(self.admin("SHOW VERSION"))
        return False


class MakePgBouncer(Protocol):
    """Starts a PgBouncer in front of a database and returns the URL through it.

    `pool_size` is the number of server connections for each pair of user and database; `users`
    are further roles that may log in, with their passwords; `settings` are lines of
    pgbouncer.ini's own section.
    """

    def __call__(
        self,
        database_url: str,
        *,
        pool_size: int = 20,
        users: Mapping[str, str] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> PgBouncer: ...


@pytest.fixture
def pgbouncer() -> Iterator[MakePgBouncer]:
    """Starts PgBouncers, which are gone after the test."""
    with _starting() as make:
        yield make


class Through(Protocol):
    """Returns the URL of a database through a PgBouncer that other tests go through too."""

    def __call__(self, database_url: str, *, pool_size: int) -> str: ...


@pytest.fixture(scope="session")
def through_pgbouncer() -> Iterator[Through]:
    """The way of tests that go through PgBouncer and do nothing to it: one for all of a process.

    It takes whoever comes at his word, as to hash his password costs more than all it does else.
    """
    shared: dict[int, PgBouncer] = {}
    with _starting() as make:

        def through(database_url: str, *, pool_size: int) -> str:
            if pool_size not in shared:
                settings = {"auth_type": "trust"}
                shared[pool_size] = make(database_url, pool_size=pool_size, settings=settings)
            return str(shared[pool_size].to(database_url))

        yield through


@contextmanager
def _starting() -> Iterator[MakePgBouncer]:
    binary = _binary()
    made: list[PgBouncer] = []
    folder = Path(tempfile.mkdtemp(prefix="scout-pgbouncer-"))
    folder.chmod(0o711)

    def make(
        database_url: str,
        *,
        pool_size: int = 20,
        users: Mapping[str, str] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> PgBouncer:
        target = conninfo_to_dict(database_url)
        logins = {str(target["user"]): str(target.get("password") or ""), **(users or {})}
        setup = _Setup(binary, folder / str(len(made)), choose(_NOBODYS), _free_port())
        setup.folder.mkdir(mode=0o700)
        setup.who.own(setup.folder)
        (setup.folder / "users").write_text(
            "".join(f"{_quoted(name)} {_quoted(word)}\n" for name, word in logins.items()),
        )
        configuration = _CONFIGURATION.format(
            host=target.get("host") or "127.0.0.1",
            port=target.get("port") or 5432,
            listen_port=setup.listen_port,
            auth_type="scram-sha-256" if target.get("password") else "trust",
            users=setup.folder / "users",
            user=target["user"],
            pool_size=pool_size,
            more="\n".join(f"{name} = {value}" for name, value in (settings or {}).items()),
        )
        (setup.folder / "pgbouncer.ini").write_text(configuration)
        for name in ("users", "pgbouncer.ini"):
            setup.who.own(setup.folder / name)
        pooled = PgBouncer.over(database_url, setup)
        made.append(pooled)
        pooled.start()
        return pooled

    try:
        yield make
    finally:
        for each in made:
            each.kill()
        shutil.rmtree(folder)


def find_pgbouncer() -> str | None:
    """Return where the program is, if it is installed."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _binary() -> str:
    found = find_pgbouncer()
    if found:
        return found
    message = "no pgbouncer here: apt-get install pgbouncer"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
