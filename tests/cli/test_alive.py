"""`alive`: what a container's supervisor is told of the worker beside the command."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

import pytest

from scout_workers.broker.identity import ProcessIdentity
from scout_workers.cli import doors
from scout_workers.cli.errors import Boundary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fix_store import Database

REGISTERED = """
    INSERT INTO scout_broker.worker
        (id, boot_id, pid_space, pid_start, host, pid, version, queues, threads, heartbeat_at)
    VALUES (gen_random_uuid(), %s, %s, 0, %s, %s, '0.1.0', '{processing}', 12,
        now() - make_interval(secs => %s))
"""


class Told(NamedTuple):
    code: int
    out: str


@pytest.fixture
def alive(
    store_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Told]:
    monkeypatch.setenv("SCOUT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SCOUT_VECTOR_SEARCH", "false")

    def run(*arguments: str, url: str = store_url) -> Told:
        monkeypatch.setenv("SCOUT_DATABASE_URL", url)
        code = Boundary().run(doors, ["alive", *arguments])
        return Told(code, capsys.readouterr().out)

    return run


def register(database: Database, age: float, **other: str) -> None:
    here = asdict(ProcessIdentity.current()) | other
    columns = ("boot_id", "pid_space", "host", "pid")
    database.rows(REGISTERED, *(here[column] for column in columns), age)


def test_a_worker_is_alive_while_it_is_heard_of_here(
    alive: Callable[..., Told], database: Database
) -> None:
    assert alive() == (1, "No worker process is registered here.\n")

    register(database, 1, host="another", pid_space="pid:[1]")
    assert alive().code == 1

    register(database, 1)
    register(database, 2)
    told = alive()
    assert told.code == 0
    assert told.out.startswith("2 worker processes are alive: heard of 2")

    register(database, 3600)
    told = alive()
    assert told.code == 1
    assert told.out.startswith("Not heard of: process ")
    told = alive("--json")
    assert (told.code, json.loads(told.out)["good"]) == (1, False)
    assert len(json.loads(told.out)["pulses"]["workers"]) == 3


def test_a_database_that_is_away_is_no_fault_of_the_workers(alive: Callable[..., Told]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told = alive(url=f"postgresql://nobody:nothing@127.0.0.1:{port}/nowhere")
    assert told.code == 0
    assert told.out.startswith("Nobody can tell")
