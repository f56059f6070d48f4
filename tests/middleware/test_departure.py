"""A worker process that gives itself up, under the stock `dramatiq` command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from fix_broker import eventually

from scout_workers.middleware.departure import GIVEN_UP
from scout_workers.middleware.lifecycle import CANNOT_OPEN

if TYPE_CHECKING:
    from collections.abc import Callable


class Ended(NamedTuple):
    """How a run of the command ended, what its actors noted and what it logged."""

    code: int
    notes: list[str]
    log: str


@pytest.fixture
def run_command(tmp_path: Path) -> Callable[..., Ended]:
    def run(scenario: str, *, stop_when_noted: str | None = None) -> Ended:
        notes, log = tmp_path / "notes", tmp_path / "log"
        notes.touch()
        command = [sys.executable, "-m", "dramatiq", "departing_worker:broker", "-p1", "-t3"]
        command += ["--path", str(Path(__file__).parent)]
        environment = os.environ | {"SCENARIO": scenario, "NOTES": str(notes)}
        with (
            log.open("w") as output,
            subprocess.Popen(command, stderr=output, env=environment) as process,
        ):
            try:
                if stop_when_noted is not None:
                    eventually(lambda: stop_when_noted in notes.read_text())
                    process.send_signal(signal.SIGTERM)
                code = process.wait(30)
            finally:
                process.kill()
        return Ended(code, notes.read_text().split(), log.read_text())

    return run


def test_a_process_with_a_stuck_thread_finishes_what_is_healthy_and_exits_with_a_code(
    run_command: Callable[..., Ended],
) -> None:
    ended = run_command("stuck")
    assert ended.code == GIVEN_UP
    assert ended.notes == ["opened", "finished", "closed"]
    assert "gives itself up: 1 worker threads are stuck" in ended.log
    assert "never.acquire()" in ended.log


def test_a_process_whose_thread_died_finishes_what_is_healthy_and_exits_with_a_code(
    run_command: Callable[..., Ended],
) -> None:
    ended = run_command("dead_thread")
    assert ended.code == GIVEN_UP
    assert ended.notes == ["opened", "finished", "closed"]
    assert "gives itself up: 1 of its threads died" in ended.log


def test_a_process_that_cannot_finish_leaves_at_the_end_of_its_time(
    run_command: Callable[..., Ended],
) -> None:
    ended = run_command("never_drains")
    assert ended.code == GIVEN_UP
    assert ended.notes == ["opened"]
    assert "leaving now" in ended.log


def test_a_healthy_process_that_is_told_to_stop_exits_with_zero(
    run_command: Callable[..., Ended],
) -> None:
    ended = run_command("healthy", stop_when_noted="opened")
    assert ended.code == 0
    assert ended.notes == ["opened", "closed"]


def test_a_process_that_cannot_open_its_resources_never_works(
    run_command: Callable[..., Ended],
) -> None:
    ended = run_command("cannot_open")
    assert ended.code == CANNOT_OPEN
    assert ended.notes == []
    assert "This worker cannot start: no database there" in ended.log
