"""`scout-workers worker`: the stock dramatiq command, started with numbers that fit."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from scout_workers.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fix_cli import CommandLine, MakeCommandLine
    from fix_store import Database

SECONDS = 40.0
SLOTS = load(env="test").queues


@contextmanager
def working(cli: CommandLine, log: Path, *arguments: str) -> Iterator[None]:
    """Run a worker for as long as the block takes; it must leave in order when told to."""
    process = cli.start("worker", *arguments, log=log)
    try:
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def await_(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, log.read_text()


@pytest.mark.parametrize(
    ("arguments", "queues", "threads"),
    [
        ((), set(SLOTS), sum(SLOTS.values())),
        (("--queues", "processing,default"), {"processing", "default"}, 16),
    ],
)
def test_threads_fit_the_slots_of_the_queues_that_are_served(
    cli: CommandLine,
    database: Database,
    tmp_path: Path,
    *,
    arguments: tuple[str, ...],
    queues: set[str],
    threads: int,
) -> None:
    log = tmp_path / "log"

    def served() -> list[tuple[set[str], int]]:
        rows = database.rows("SELECT queues, threads FROM scout_broker.worker")
        return [(set(names), count) for names, count in rows]

    with working(cli, log, *arguments):
        # A worker tells of a queue with its next heartbeat after it has begun to serve it.
        await_(lambda: served() == [(queues, threads)], log)

    said = log.read_text()
    assert f"1 process with {threads} threads for {threads} slots" in said
    assert "WARNING" not in said


def test_a_worker_settles_what_an_import_sent(
    cli: CommandLine, database: Database, folder: Path, tmp_path: Path
) -> None:
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "page.jpg").write_text("<!doctype html>")
    assert cli.run("import", folder, "--camera", "yard").code == 1
    unreadable = "SELECT count(*) FROM scout.captures WHERE state = 'unreadable'"

    with working(cli, tmp_path / "log"):
        await_(lambda: database.value(unreadable) == 2, tmp_path / "log")
        told = "SELECT count(DISTINCT pool) FROM scout.pool_figures"
        await_(lambda: database.value(told) == 2, tmp_path / "log")
        alive = cli.run("status")

    assert " alive " in alive.out
    assert "waited (p99)" in alive.out
    assert database.value("SELECT count(*) FROM scout.llm_calls WHERE status = 'succeeded'") == 0


def test_what_follows_two_dashes_is_dramatiqs(
    cli: CommandLine, database: Database, tmp_path: Path
) -> None:
    log, pid_file = tmp_path / "log", tmp_path / "pid"

    with working(cli, log, "--processes", "2", "--", "--pid-file", str(pid_file)):
        await_(lambda: len(database.rows("SELECT 1 FROM scout_broker.worker")) == 2, log)
        assert pid_file.read_text().strip().isdigit()


def test_fewer_threads_than_slots_are_warned_of(make_cli: MakeCommandLine) -> None:
    shown = make_cli("postgresql://scout:x@127.0.0.1:1/scout").run("worker", "--threads", "3")

    assert shown.code == 3
    assert "Fewer threads than slots" in shown.err
    assert f"have at least {sum(SLOTS.values())}" in shown.err


def test_a_queue_nobody_knows_is_a_mistake_in_use(cli: CommandLine) -> None:
    shown = cli.run("worker", "--queues", "procesing")

    assert shown.code == 2
    assert "there is no queue 'procesing'; queues.toml has: processing, backfill" in shown.err


def test_a_wrong_database_is_told_once_and_not_by_every_process(
    make_cli: MakeCommandLine,
) -> None:
    shown = make_cli("postgresql://scout:x@127.0.0.1:1/scout").run("worker", "-p", "4")

    assert shown.code == 3
    assert shown.err.count("No Postgres answers at 127.0.0.1:1") == 1
    assert "Traceback" not in shown.err
