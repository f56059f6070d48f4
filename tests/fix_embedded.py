"""Folders for embedded servers, and other processes that hold them.

`data_dir` is a folder that any user may pass through; at the end of its test nothing of a server
may live there. `made` is one with a cluster in it, and `running` a server, for a module's tests.
`hold` starts another process that acquires the server and does as it is told.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

import pytest

from scout_workers import embedded
from scout_workers.embedded import folders, postmaster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scout_workers.embedded import Server

_PROGRAM = Path(__file__).with_name("embedded") / "holder.py"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


class Holder:
    """Another process that holds the server: a person at the other end of a pipe."""

    def __init__(self, arguments: list[str], through: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            [*through, sys.executable, str(_PROGRAM), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    @property
    def _input(self) -> IO[str]:
        return cast("IO[str]", self.process.stdin)

    @property
    def _output(self) -> IO[str]:
        return cast("IO[str]", self.process.stdout)

    def answer(self) -> dict[str, Any]:
        """Wait for its next answer; it is empty if the process has ended."""
        line = self._output.readline()
        return cast("dict[str, Any]", json.loads(line)) if line else {}

    def ask(self, request: str) -> dict[str, Any]:
        """Tell it to do something and wait for the answer."""
        self._input.write(f"{request}\n")
        self._input.flush()
        return self.answer()

    def kill(self) -> None:
        """End it without a chance to clear up, and read its pipe to the end."""
        self.process.kill()
        self.process.wait()
        assert self._output.read() == ""
        self.close()

    def interrupt(self) -> None:
        """Press Ctrl-C in its terminal, so to speak."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait()

    def leave(self) -> None:
        """Let it end by itself."""
        self._input.close()
        self.process.wait()

    def close(self) -> None:
        """Give up the pipes, and the process if it still runs."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


class Hold(Protocol):
    """Starts a process that acquires the server of a folder, and returns at once.

    `through` is a command that starts the command after it, as `env` does.
    """

    def __call__(self, data_dir: Path, *arguments: str, through: Sequence[str] = ()) -> Holder: ...


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass through, and in which no server survives the block."""
    folder = Path(tempfile.mkdtemp(prefix="scout-embedded-"))
    folder.chmod(0o711)
    yield folder
    homes = [lock.parent for lock in folder.rglob("server.lock")]
    survivors = [_stop_survivor(folders.look(home.parent)) for home in homes]
    shutil.rmtree(folder)
    assert not any(survivors), f"a server was left behind: {survivors}"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An open folder for one test."""
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def _made() -> Iterator[Path]:
    with open_folder() as folder:
        embedded.acquire(folder, options={"fsync": "off"}).release()
        yield folder


@pytest.fixture
def made(_made: Path) -> Iterator[Path]:
    """A folder with a cluster that is stopped; a module's tests share it and leave it whole."""
    yield _made
    survivor = _stop_survivor(folders.look(_made))
    assert survivor is None, f"the test left a server behind: {survivor}"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """A server with the usual settings, for tests that only look at it."""
    with open_folder() as folder, embedded.acquire(folder) as server:
        yield server


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Starts holders; those that still run at the end of the test are killed."""
    holders = []

    def start(data_dir: Path, *arguments: str, through: Sequence[str] = ()) -> Holder:
        holder = Holder([str(data_dir), *arguments], through)
        holders.append(holder)
        return holder

    yield start
    for holder in holders:
        holder.close()


def _stop_survivor(where: folders.Folders) -> str | None:
    if postmaster.is_deserted(where):
        return None
    found = postmaster.find(where)
    postmaster.stop(where)
    return str(found)
