"""The demo's worker stops with the demo, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from fix_broker import eventually

from scout_workers import embedded
from scout_workers.demo.hands import Hands, WorkerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fix_embedded import Hold

# Writes its process id once it is up, and how it was asked to go.
WORKER = """
import os, pathlib, signal, sys
folder = pathlib.Path(sys.argv[1])
def leave(number, frame):
    (folder / "asked").write_text(signal.Signals(number).name)
    raise SystemExit(7)
signal.signal(signal.SIGTERM, leave)
(folder / "pid.partial").write_text(str(os.getpid()))
(folder / "pid.partial").rename(folder / "pid")
print("at work", flush=True)
while True:
    signal.pause()
"""

# Never goes when it is asked to, and has a child that does not either.
STUBBORN = """
import os, pathlib, signal, sys
folder = pathlib.Path(sys.argv[1])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
name = "child" if os.fork() == 0 else "pid"
(folder / f"{name}.partial").write_text(str(os.getpid()))
(folder / f"{name}.partial").rename(folder / name)
while True:
    signal.pause()
"""

# Holds a worker until it is killed.
HOLDER = """
import pathlib, signal, sys
from scout_workers.demo.hands import Hands
folder = pathlib.Path(sys.argv[1])
with Hands(folder / "log", None, [sys.executable, "-c", sys.argv[2], str(folder)]) as hands:
    hands.begin()
    signal.pause()
"""

# The same without a leash.
LOOSE_HOLDER = """
import signal, subprocess, sys
subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]], start_new_session=True)
signal.pause()
"""


def command(program: str, folder: Path) -> list[str]:
    return [sys.executable, "-c", program, str(folder)]


def alive(pid: int) -> bool:
    """Whether it runs; a zombie does not."""
    try:
        status = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout.strip()
    except FileNotFoundError:
        pytest.fail("ps is not installed")
    return bool(status) and not status.startswith("Z")


def pid_in(file: Path) -> int:
    eventually(file.exists)
    return int(file.read_text())


@pytest.fixture
def holder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    program = getattr(request, "param", HOLDER)
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path), WORKER])
    yield process
    process.kill()
    process.wait()
    if (tmp_path / "pid").exists():
        with suppress(ProcessLookupError):
            os.kill(pid_in(tmp_path / "pid"), signal.SIGKILL)


def test_a_worker_stops_when_its_holder_is_killed(
    holder: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    worker = pid_in(tmp_path / "pid")

    holder.kill()

    eventually(lambda: not alive(worker))
    assert (tmp_path / "asked").read_text() == "SIGTERM"


@pytest.mark.parametrize("holder", [LOOSE_HOLDER], indirect=True)
def test_the_control_without_a_leash_outlives_its_holder(
    holder: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    worker = pid_in(tmp_path / "pid")

    holder.kill()
    holder.wait()

    with pytest.raises(pytest.fail.Exception):
        eventually(lambda: not alive(worker), within=1)


def test_leaving_asks_the_worker_to_go_and_waits_until_it_is_gone(tmp_path: Path) -> None:
    with Hands(tmp_path / "log", None, command(WORKER, tmp_path)) as hands:
        hands.begin()
        worker = pid_in(tmp_path / "pid")
        assert alive(worker)

    assert not alive(worker)
    assert (tmp_path / "asked").read_text() == "SIGTERM"
    assert (tmp_path / "log").read_text() == "at work\n"


def test_a_worker_that_will_not_go_is_killed_with_its_children(tmp_path: Path) -> None:
    hands = Hands(tmp_path / "log", None, command(STUBBORN, tmp_path), grace_seconds=0.5)
    with hands:
        hands.begin()
        both = [pid_in(tmp_path / "pid"), pid_in(tmp_path / "child")]

    eventually(lambda: not any(alive(pid) for pid in both))


def test_what_was_never_begun_is_never_started(tmp_path: Path) -> None:
    with Hands(tmp_path / "log", None, command(WORKER, tmp_path)):
        pass

    assert not (tmp_path / "pid").exists()
    assert (tmp_path / "log").read_text() == ""


def test_a_worker_that_fails_is_noticed_and_its_last_words_are_told(tmp_path: Path) -> None:
    program = (
        "import sys; [print('line', n, flush=True) for n in range(100)]; sys.exit('no database')"
    )
    with Hands(tmp_path / "log", None, command(program, tmp_path)) as hands:
        assert not hands.ended_within(0.01)
        hands.begin()
        assert hands.ended_within(30)
        error = hands.failed("The worker ended.")

    assert isinstance(error, WorkerError)
    assert str(error) == "The worker ended."
    assert error.lines[-1] == "no database"
    assert error.lines[-2] == "line 99"
    assert len(error.lines) == 12


def test_a_killed_users_embedded_server_is_stopped_when_the_leash_ends(
    data_dir: Path, hold: Hold, tmp_path: Path
) -> None:
    with Hands(tmp_path / "log", data_dir, command(WORKER, tmp_path)):
        user = hold(data_dir)
        user.answer()
        user.kill()
        assert embedded.status(data_dir).state == "running"

    assert embedded.status(data_dir).state == "stopped"


def test_a_server_that_somebody_uses_is_left_alone_when_the_leash_ends(
    data_dir: Path, hold: Hold, tmp_path: Path
) -> None:
    user = hold(data_dir)
    user.answer()
    with Hands(tmp_path / "log", data_dir, command(WORKER, tmp_path)):
        pass

    assert embedded.status(data_dir).state == "running"
    assert user.ask("release") == {"released": True}
