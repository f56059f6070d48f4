"""A worker under load leaves because the database says so: nothing lost, nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dramatiq import Message
from fix_broker import eventually

from scout_workers.broker import PostgresBroker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_cli import CommandLine
    from fix_pgbouncer import MakePgBouncer
    from fix_store import Database

MANY = 2000


class Command:
    """The real `dramatiq` command with two worker processes, and what they note and log."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._notes, self.go, self._log = folder / "notes", folder / "go", folder / "log"
        self._notes.touch()

    @contextmanager
    def running(self, seconds: float, drain: str = "ours") -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "dramatiq", "draining_worker:broker", "-p2", "-t6"]
        command += ["--path", str(Path(__file__).parent), str(Path(__file__).parents[1])]
        given = {"URL": self._url, "NOTES": str(self._notes), "GO": str(self.go)}
        given |= {"DRAIN": drain, "SECONDS": str(seconds)}
        with (
            self._log.open("w") as output,
            subprocess.Popen(command, stderr=output, env=os.environ | given) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def noted(self, word: str) -> list[str]:
        lines = self._notes.read_text().splitlines()
        return [line.removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} ")]

    def logged(self, words: str) -> Callable[[], bool]:
        return lambda: words in self._log.read_text()


@pytest.fixture
def command(store_url: str, pgbouncer: MakePgBouncer, tmp_path: Path) -> Command:
    return Command(str(pgbouncer(store_url, pool_size=6)), tmp_path)


@pytest.fixture
def broker(store_url: str) -> Iterator[PostgresBroker]:
    found = PostgresBroker(store_url, middleware=[])
    found.declare_queue("default")
    yield found
    found.close()


def _enqueue(broker: PostgresBroker, count: int) -> None:
    hold: Message[None] = Message("default", "hold", (), {}, {})
    quick = [Message[None]("default", "quick", (n,), {}, {}) for n in range(count)]
    broker.enqueue_many([hold, *quick])


@pytest.mark.heavy
def test_two_processes_of_a_command_finish_what_they_have_and_leave_the_rest_to_the_next(
    cli: CommandLine, broker: PostgresBroker, command: Command, database: Database
) -> None:
    _enqueue(broker, MANY)
    with command.running(0.15) as first:
        eventually(lambda: len(command.noted("end")) >= 40)
        assert "hold" in command.noted("begin")
        draining = cli.start("worker", "drain", "--all", "--yes", "--wait")
        # The idle one has left, and the command tells the other to stop, which it does already.
        eventually(command.logged("one signal to stop is overlooked"))
        (left,) = broker.workers()
        assert (left.draining, left.leased, draining.poll(), first.poll()) == (True, 1, None, None)
        assert left.drain_asked_by is not None
        command.go.touch()
        out, err = draining.communicate(timeout=30)
        assert (draining.returncode, "2 worker processes left." in out) == (0, True), err
        assert first.wait(20) == 0
    done = command.noted("end")
    assert sorted(done) == sorted(command.noted("begin"))
    assert len(done) == len(set(done)) < MANY
    held = "SELECT state, count(*)::int, max(rescues)::int FROM scout_broker.message GROUP BY state"
    assert database.rows(held) == [("ready", MANY + 1 - len(done), 0)]
    assert [(act.what, act.ended_at is not None) for act in broker.acts.latest()] == [
        ("worker drain", True)
    ] * 2

    with command.running(0.0) as second:
        broker.join("default", timeout=60_000)
        eventually(lambda: len(broker.workers()) == 2)
        one, _ = broker.workers()
        # One alone: the command ends as a whole, the other by the signal it is sent.
        assert broker.fleet.drain([one.id], by="ada") == 1
        assert broker.fleet.drain([one.id], by="bob") == 0
        assert second.wait(30) == 0
    assert sorted(command.noted("end")) == sorted([*map(str, range(MANY)), "hold"])
    assert broker.workers() == []


@pytest.mark.heavy
def test_the_control_that_overlooks_no_signal_is_killed_in_the_midst_of_its_message(
    broker: PostgresBroker, command: Command
) -> None:
    _enqueue(broker, 0)
    with command.running(0.0, "careless") as process:
        eventually(lambda: command.noted("begin") == ["hold"] and len(broker.workers()) == 2)
        broker.fleet.drain([each.id for each in broker.workers()], by="ada")
        assert process.wait(30) != 0
    assert command.noted("end") == []
