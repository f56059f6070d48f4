"""The real command, run as a person or a shell script would run it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import pytest
from warm_commands import WarmCommands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A worker process as one registers itself: host, process, version, seconds since its heartbeat.
WORKER = """
    INSERT INTO scout_broker.worker
        (id, boot_id, pid_space, pid_start, host, pid, version, queues, threads, heartbeat_at)
    VALUES (gen_random_uuid(), 'boot', 'space', 0, %s, %s, %s, '{processing}', 12,
        now() - make_interval(secs => %s))
"""
# A message: queue, state, seconds until it may be claimed.
MESSAGE = """
    INSERT INTO scout_broker.message
        (message_id, queue, actor, priority, state, available_at, attempt, payload)
    VALUES (gen_random_uuid()::text, %s, 'analyze_capture', 0, %s,
        now() + make_interval(secs => %s), 0, '')
"""

_SECONDS = 60.0
_OURS = ("SCOUT_", "DATABASE_URL", "NO_COLOR", "COLUMNS", "FORCE_COLOR")


@dataclass(frozen=True)
class Finished:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    """`scout-workers` in an environment of its own: nothing of the caller's settings is seen.

    Attributes:
        variables: The settings it runs with.
        warm: Runs what is run to its end.
    """

    data_dir: Path
    variables: dict[str, str]
    warm: WarmCommands

    def given(self, **variables: str | None) -> CommandLine:
        """The same with other variables; None takes one away."""
        changed = {**self.variables, **variables}
        kept = {name: value for name, value in changed.items() if value is not None}
        return replace(self, variables=kept)

    @property
    def environment(self) -> dict[str, str]:
        others = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
        return others | {"HOME": str(self.data_dir.parent)} | self.variables

    def start(self, *arguments: str | Path, log: Path | None = None) -> subprocess.Popen[str]:
        """Start it and return at once; with a log both outputs go there, else into pipes."""
        with ExitStack() as stack:
            file = None if log is None else stack.enter_context(log.open("w"))
            return subprocess.Popen(
                _command(arguments),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file or subprocess.PIPE,
                stderr=file or subprocess.PIPE,
                text=True,
                start_new_session=True,
            )

    def run(self, *arguments: str | Path) -> Finished:
        """Run it to its end, its output piped."""
        words = [str(argument) for argument in arguments]
        return Finished(*self.warm.run(words, self.environment, _SECONDS))

    def on_terminal(
        self,
        *arguments: str | Path,
        columns: int = 80,
        typing: str = "",
        until: str | None = None,
    ) -> tuple[int, str]:
        """Run it to its end on a terminal of that width; both outputs are one there.

        Args:
            arguments: The command's.
            columns: The terminal's width.
            typing: What stands ready for whoever asks.
            until: It is interrupted, as by Ctrl-C, once it has shown this.
        """
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        process = subprocess.Popen(
            _command(arguments),
            env={"TERM": "xterm-256color"} | self.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        try:
            os.write(ours, typing.encode())
            shown = _read_all(ours, process, until)
            return process.wait(_SECONDS), shown
        finally:
            process.kill()
            process.wait()
            os.close(ours)


class MakeCommandLine(Protocol):
    """Makes a command line that uses the database of a URL; None: the embedded one."""

    def __call__(self, url: str | None) -> CommandLine: ...


@pytest.fixture(scope="session")
def warm_commands() -> Iterator[WarmCommands]:
    """The process that forks itself for commands."""
    warm = WarmCommands()
    yield warm
    warm.close()


@pytest.fixture
def make_cli(tmp_path: Path, warm_commands: WarmCommands) -> MakeCommandLine:
    def make(url: str | None) -> CommandLine:
        variables = {"SCOUT_ENV": "test", "SCOUT_VECTOR_SEARCH": "false"}
        if url is not None:
            variables["DATABASE_URL"] = url
        data_dir = tmp_path / "data"
        variables["SCOUT_DATA_DIR"] = str(data_dir)
        return CommandLine(data_dir, variables, warm_commands)

    return make


@pytest.fixture
def cli(make_cli: MakeCommandLine, store_url: str) -> CommandLine:
    """The command on a fresh database that has all tables."""
    return make_cli(store_url)


def _command(arguments: tuple[str | Path, ...]) -> list[str]:
    return [sys.executable, "-m", "scout_workers", *map(str, arguments)]


def _read_all(terminal: int, process: subprocess.Popen[bytes], until: str | None) -> str:
    shown = b""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1.0)
        if not ready:
            continue
        try:
            shown += os.read(terminal, 65536)
        except OSError:  # Linux says so when the last one has left the terminal
            break
        if until is not None and until.encode() in shown:
            process.send_signal(signal.SIGINT)
            until = None
    return shown.decode()
