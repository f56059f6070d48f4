"""kill -9 between the barrier and the acknowledgement: the callback is neither lost nor doubled."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import dramatiq
import pytest
from dramatiq.middleware import GroupCallbacks
from fix_broker import eventually, rows, usual_middleware, working

from scout_workers.broker import PostgresBroker, PostgresRateLimits

if TYPE_CHECKING:
    from fix_broker import MakeBroker
    from fix_proxy import MakeCable

PROGRAM = Path(__file__).with_name("group_worker.py")
MEMBERS = 3
NOBODY = 99


def call_back(broker: PostgresBroker) -> None:
    """Send a group of three, of which one process will be killed and another do the rest."""
    broker.add_middleware(GroupCallbacks(PostgresRateLimits(broker)))
    for name in ("member", "finished"):
        dramatiq.actor(actor_name=name, broker=broker)(_never)
    get = broker.get_actor
    group = dramatiq.group(  # type: ignore[no-untyped-call]  # Dramatiq
        [get("member").message(number) for number in range(MEMBERS)], broker=broker
    )
    group.add_completion_callback(get("finished").message())  # type: ignore[no-untyped-call]  # Dramatiq
    group.run()  # type: ignore[no-untyped-call]  # Dramatiq


def _never(*_: object) -> None:
    raise AssertionError("this process only sends")


def killed_and_succeeded(url: str, number: int, how: str) -> None:
    """Let one worker be killed at a member, and another work until there is nothing left."""
    with subprocess.Popen(
        [sys.executable, PROGRAM, url, str(number), how], stdin=subprocess.PIPE
    ) as killed:
        assert killed.wait(30) == -signal.SIGKILL
    with subprocess.Popen(
        [sys.executable, PROGRAM, url, str(NOBODY), how], stdin=subprocess.PIPE
    ) as successor:
        eventually(lambda: rows(url, "SELECT count(*) FROM scout_broker.message") == [(0,)])
        successor.communicate(timeout=30)
    assert successor.returncode == 0


@pytest.fixture
def tables(broker_database: str) -> str:
    """The URL of a database in which members and callbacks say that they ran."""
    rows(broker_database, "CREATE TABLE ran (number int)")
    rows(broker_database, "CREATE TABLE called_back (members int)")
    return broker_database


@pytest.mark.parametrize("number", range(MEMBERS))
def test_a_member_killed_at_the_barrier_counts_once_and_the_callback_runs_once(
    broker: PostgresBroker, broker_url: str, tables: str, number: int
) -> None:
    call_back(broker)
    killed_and_succeeded(broker_url, number, "joined")
    assert rows(tables, "SELECT count(*) FROM ran WHERE number = %s", number) == [(2,)]
    assert rows(tables, "SELECT members FROM called_back") == [(MEMBERS,)]


def test_the_control_that_counts_down_at_once_calls_back_twice(
    broker: PostgresBroker, tables: str
) -> None:
    call_back(broker)
    killed_and_succeeded(tables, 0, "immediate")
    assert rows(tables, "SELECT count(*) FROM called_back") == [(2,)]


def test_a_commit_that_was_not_answered_counts_its_parties_once(
    make_broker: MakeBroker, broker_database: str, make_cable: MakeCable
) -> None:
    cable = make_cable(broker_database)
    broker = make_broker(
        cable.url, middleware=[*usual_middleware(), GroupCallbacks(PostgresRateLimits())]
    )
    done: list[str] = []

    @dramatiq.actor(broker=broker)
    def work() -> None:
        pass

    @dramatiq.actor(broker=broker)
    def finished() -> None:
        done.append("all")

    group = dramatiq.group([work.message() for _ in range(2)], broker=broker)  # type: ignore[no-untyped-call]  # Dramatiq
    group.add_completion_callback(finished.message())  # type: ignore[no-untyped-call]  # Dramatiq
    group.run()  # type: ignore[no-untyped-call]  # Dramatiq
    lost = cable.lose_reply_to(b"COMMIT")
    with working(broker, threads=1):
        assert lost.wait(10)
        eventually(
            lambda: rows(broker_database, "SELECT count(*) FROM scout_broker.message") == [(0,)]
        )
    assert done == ["all"]
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.barrier_party") == [(2,)]


def test_a_member_whose_lease_was_lost_has_not_arrived(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(middleware=[*usual_middleware(), GroupCallbacks(PostgresRateLimits())])

    @dramatiq.actor(broker=broker)
    def lose() -> None:
        rows(
            broker_database,
            "UPDATE scout_broker.message SET attempt = attempt + 1, lease_owner = %s "
            "WHERE state = 'leased'",
            uuid4(),
        )

    group = dramatiq.group([lose.message()], broker=broker)  # type: ignore[no-untyped-call]  # Dramatiq
    group.add_completion_callback(lose.message())  # type: ignore[no-untyped-call]  # Dramatiq
    group.run()  # type: ignore[no-untyped-call]  # Dramatiq
    with working(broker):
        eventually(lambda: (engine := broker._process.running()) and engine.stale == 1)
    assert rows(broker_database, "SELECT value FROM scout_broker.rate_limit") == [(1,)]
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.barrier_party") == [(0,)]
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.message") == [(1,)]
