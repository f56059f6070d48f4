"""An adoption that is cut off anywhere and run again: nothing lost, nothing double."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest
from fix_broker import eventually, rows

from scout_workers.broker.adoption import Adoption, DramatiqPg, SourceUnavailableError

if TYPE_CHECKING:
    from fix_dramatiq_pg import TheirTable
    from fix_proxy import MakeCable

MESSAGES = 20
BATCH = 4


def adopt(ours: str, theirs: TheirTable, *, through: str | None = None, one: bool) -> None:
    place = DramatiqPg(through or theirs.url)
    with Adoption(ours, place, one_database=one, batch=BATCH) as adoption:
        adoption.move()


def adopt_until_a_reply_is_lost(
    make_cable: MakeCable,
    ours: str,
    theirs: TheirTable,
    number: int,
    *,
    at_theirs: bool,
    request: bytes = b"COMMIT",
) -> None:
    """Adopt over a cable that breaks after n batches, once the server has answered a request."""
    one = ours == theirs.url
    cable = make_cable(theirs.url if at_theirs else ours)
    here, there = (ours, cable.url) if at_theirs else (cable.url, theirs.url)
    with Adoption(here, DramatiqPg(there), one_database=one, batch=BATCH) as adoption:
        batches = 0

        def told(_: int) -> None:
            nonlocal batches
            batches += 1
            if batches == number:
                cable.lose_reply_to(request)

        if number == 0:
            cable.lose_reply_to(request)
        with pytest.raises((psycopg.OperationalError, SourceUnavailableError)):
            adoption.move(told=told)


def worked_off(url: str) -> list[int]:
    """Do what workers do: take all there is of ours and be done with it."""
    found = rows(url, "DELETE FROM scout_broker.message RETURNING payload")
    return [json.loads(bytes(payload))["args"][0] for (payload,) in found]


@pytest.mark.parametrize("number", [0, 2, 4])
def test_in_one_database_a_lost_reply_to_any_commit_loses_and_doubles_nothing(
    make_cable: MakeCable, broker_database: str, theirs_here: TheirTable, number: int
) -> None:
    theirs_here.add(*range(MESSAGES))
    adopt_until_a_reply_is_lost(make_cable, broker_database, theirs_here, number, at_theirs=False)
    done = worked_off(broker_database)
    assert len(done) == (number + 1) * BATCH  # it was carried out, though nobody heard so
    adopt(broker_database, theirs_here, one=True)
    assert sorted(done + worked_off(broker_database)) == list(range(MESSAGES))


@pytest.mark.parametrize("at_theirs", [True, False], ids=["theirs", "ours"])
@pytest.mark.parametrize(
    ("number", "request_"),
    [(0, b"COMMIT"), (3, b"COMMIT"), (0, b"DELETE FROM"), (2, b"DELETE FROM"), (1, b"INSERT INTO")],
)
def test_in_two_databases_a_lost_reply_to_any_request_loses_and_doubles_nothing(
    make_cable: MakeCable,
    broker_database: str,
    theirs_elsewhere: TheirTable,
    number: int,
    request_: bytes,
    *,
    at_theirs: bool,
) -> None:
    if at_theirs and request_ == b"INSERT INTO":
        request_ = b'UPDATE "dramatiq"'
    theirs_elsewhere.add(*range(MESSAGES))
    adopt_until_a_reply_is_lost(
        make_cable,
        broker_database,
        theirs_elsewhere,
        number,
        at_theirs=at_theirs,
        request=request_,
    )
    done = worked_off(broker_database)  # so that no row of ours remembers what came over
    adopt(broker_database, theirs_elsewhere, one=False)
    assert sorted(done + worked_off(broker_database)) == list(range(MESSAGES))
    assert theirs_elsewhere.states() == {}


def test_the_control_without_notes_runs_messages_twice(
    make_cable: MakeCable, broker_database: str, theirs_elsewhere: TheirTable
) -> None:
    theirs_elsewhere.add(*range(MESSAGES))
    adopt_until_a_reply_is_lost(make_cable, broker_database, theirs_elsewhere, 1, at_theirs=False)
    done = worked_off(broker_database)
    rows(broker_database, "DELETE FROM scout_broker.adopted")
    adopt(broker_database, theirs_elsewhere, one=False)
    again = set(done) & set(worked_off(broker_database))
    assert again


def test_what_was_marked_in_two_databases_can_be_finished_as_one(
    make_cable: MakeCable, broker_database: str, theirs_here: TheirTable
) -> None:
    theirs_here.add(*range(MESSAGES))
    cable = make_cable(broker_database)
    place = DramatiqPg(cable.url)
    with Adoption(broker_database, place, one_database=False, batch=BATCH) as adoption:
        cable.lose_reply_to(b"DELETE FROM")
        with pytest.raises(SourceUnavailableError):
            adoption.move()
    assert set(theirs_here.states().values()) == {"rejected", "queued"}
    done = worked_off(broker_database)
    adopt(broker_database, theirs_here, one=True)
    assert sorted(done + worked_off(broker_database)) == list(range(MESSAGES))


PROGRAM = """
import sys
from scout_workers.broker.adoption import Adoption, DramatiqPg
ours, theirs = sys.argv[1:]
with Adoption(ours, DramatiqPg(theirs), one_database=ours == theirs, batch=20) as adoption:
    print(adoption.move(), flush=True)
"""


@pytest.mark.heavy
def test_an_adoption_killed_again_and_again_moves_each_message_once(
    broker_database: str, theirs: TheirTable
) -> None:
    theirs.add(*range(2_000))
    command = [sys.executable, "-c", PROGRAM, broker_database, theirs.url]
    done: list[int] = []
    for kills in range(1, 4):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

        def some_arrived(wanted: int = kills * 300) -> bool:
            done.extend(worked_off(broker_database))
            return len(done) >= wanted

        eventually(some_arrived)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "it was too quick to be killed"
    subprocess.run(command, check=True, timeout=60)
    done.extend(worked_off(broker_database))
    assert sorted(done) == list(range(2_000))
    assert theirs.states() == {}
