from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import dramatiq
import house_rules
import pytest
from fix_broker import eventually, rows, working
from fix_dramatiq_pg import TheirTable

from scout_workers.broker import Which
from scout_workers.broker.adoption import (
    Adoption,
    DramatiqPg,
    Found,
    Moved,
    NoSuchSourceError,
    SourceUnavailableError,
    State,
    source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_broker import MakeBroker
    from fix_pgbouncer import MakePgBouncer


@pytest.fixture
def adoption(
    pgbouncer: MakePgBouncer, broker_database: str, theirs: TheirTable
) -> Iterator[Adoption]:
    """An adoption of that table; everything of it goes through PgBouncer."""
    one = theirs.url == broker_database
    here, there = pgbouncer(broker_database), pgbouncer(theirs.url)
    with Adoption(here, DramatiqPg(there), one_database=one, batch=4) as adoption:
        yield adoption


def ours(url: str, state: str = "ready") -> list[int]:
    """Return the numbers of our messages in a state, in the order of their queue."""
    found = rows(
        url, "SELECT payload FROM scout_broker.message WHERE state = %s ORDER BY seq", state
    )
    return [json.loads(bytes(payload))["args"][0] for (payload,) in found]


def test_what_is_queued_is_moved_in_its_order_and_once(
    adoption: Adoption, theirs: TheirTable, broker_database: str
) -> None:
    sent = theirs.add(*range(10))
    theirs.add(77, state="done")
    told: list[int] = []
    assert adoption.move(told=told.append) == Moved(10, 0, 0)
    assert told == [4, 4, 2]
    assert ours(broker_database) == list(range(10))
    assert theirs.states() == {77: "done"}
    ids = rows(broker_database, "SELECT message_id FROM scout_broker.message ORDER BY seq")
    assert [row[0] for row in ids] == [message.message_id for message in sent]

    assert adoption.move() == Moved(0, 0, 0)
    assert ours(broker_database) == list(range(10))


def test_a_worker_of_ours_runs_what_was_moved(
    make_broker: MakeBroker, adoption: Adoption, theirs: TheirTable
) -> None:
    broker = make_broker()
    ran: list[int] = []
    dramatiq.actor(broker=broker, actor_name="work")(ran.append)
    theirs.add(1, 2)
    theirs.add(3, delay=300)
    adoption.move()
    with working(broker):
        eventually(lambda: sorted(ran) == [1, 2, 3])


def test_a_delayed_message_keeps_its_time_and_gets_its_own_queue(
    adoption: Adoption, theirs: TheirTable, broker_database: str
) -> None:
    theirs.add(1, delay=60_000, queue="slow")
    theirs.add(2, delay=-60_000, queue="slow")
    adoption.move()
    found = rows(
        broker_database,
        "SELECT queue, state, round(extract(epoch FROM available_at - now()))::int "
        "FROM scout_broker.message ORDER BY payload",
    )
    assert found[0][:2] == ("slow", "scheduled")
    assert 50 < found[0][2] <= 60
    assert found[1][:2] == ("slow", "ready")


def test_what_is_consumed_stays_unless_it_is_asked_for(
    adoption: Adoption, theirs: TheirTable, broker_database: str
) -> None:
    theirs.add(1)
    theirs.add(2, 3, 4, 5, 6, 7, state="consumed")
    assert adoption.move() == Moved(1, 0, 0)
    assert set(theirs.states().values()) == {"consumed"}
    assert adoption.move(consumed=True) == Moved(6, 0, 0)
    assert ours(broker_database) == [1, 2, 3, 4, 5, 6, 7]
    assert theirs.states() == {}


def test_what_a_living_worker_holds_is_never_moved(
    adoption: Adoption, theirs: TheirTable, broker_database: str
) -> None:
    running = theirs.add(*range(6), state="consumed")
    theirs.add(6, state="consumed")
    (waiting,) = theirs.add(7, state="consumed", delay=60_000)
    with theirs.held(*running, waiting):
        assert adoption.survey() == [
            Found("default", "work", State.CONSUMED, 1),
            Found("default", "work", State.HELD, 7),
        ]
        assert adoption.move(consumed=True) == Moved(1, 0, 0)
    assert ours(broker_database) == [6]
    assert adoption.move(consumed=True) == Moved(7, 0, 0)  # the control: its connection is gone


def test_rejected_messages_become_dead_ones_when_they_are_asked_for(
    adoption: Adoption, theirs: TheirTable, broker_database: str
) -> None:
    theirs.add(1, state="rejected", retries=3, traceback="Traceback\n  …\nKeyError: 'a'\n")
    assert adoption.move() == Moved(0, 0, 0)
    assert adoption.move(rejected=True) == Moved(0, 1, 0)
    found = rows(
        broker_database,
        "SELECT queue, actor, attempt, reason, error, enqueued_at > now() - interval '1 minute' "
        "FROM scout_broker.dead_message",
    )
    assert found == [("default", "work", 4, "failed", "KeyError: 'a'", True)]
    assert theirs.states() == {}


def test_a_dead_message_that_was_adopted_can_be_given_another_life(
    make_broker: MakeBroker, adoption: Adoption, theirs: TheirTable, broker_database: str
) -> None:
    theirs.add(1, state="rejected")
    adoption.move(rejected=True)
    broker = make_broker()
    (dead,) = broker.dead.find()
    assert broker.dead.retry(Which(ids=[dead.id])) == 1
    assert ours(broker_database) == [1]


def test_a_row_that_is_no_message_is_dead_here_and_holds_nothing_up(
    adoption: Adoption, theirs: TheirTable, broker_database: str
) -> None:
    theirs.write(
        [
            (str(uuid4()), "default", "queued", None),
            (str(uuid4()), "default", "queued", '{"no": "message"}'),
            (str(uuid4()), "default", "queued", "7"),
        ]
    )
    theirs.add(1, 2, 3)
    assert adoption.move() == Moved(3, 0, 3)
    assert ours(broker_database) == [1, 2, 3]
    found = rows(broker_database, "SELECT DISTINCT reason FROM scout_broker.dead_message")
    assert found == [("undecodable",)]


def test_a_survey_tells_what_stands_where_and_changes_nothing(
    adoption: Adoption, theirs: TheirTable, broker_database: str
) -> None:
    theirs.add(1, 2)
    theirs.add(3, delay=60_000)
    theirs.add(4, state="consumed", queue="slow")
    theirs.add(5, state="rejected")
    theirs.add(6, state="done")
    before = theirs.states()
    assert adoption.survey() == [
        Found("default", "work", State.DELAYED, 1),
        Found("default", "work", State.QUEUED, 2),
        Found("default", "work", State.REJECTED, 1),
        Found("slow", "work", State.CONSUMED, 1),
    ]
    assert theirs.states() == before
    assert ours(broker_database) == []


def test_two_that_adopt_at_once_move_each_message_once(
    theirs: TheirTable, broker_database: str
) -> None:
    theirs.add(*range(200))
    one = theirs.url == broker_database
    place = DramatiqPg(theirs.url)
    moved: list[int] = []
    together = threading.Barrier(3)

    def adopt() -> None:
        with Adoption(broker_database, place, one_database=one, batch=10) as adoption:
            together.wait(10)
            moved.append(adoption.move().alive)

    threads = [threading.Thread(target=adopt, name=f"adopter-{n}") for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(moved) == 200
    assert sorted(ours(broker_database)) == list(range(200))
    assert theirs.states() == {}


@pytest.mark.parametrize(
    ("schema", "prefix"), [("elsewhere", ""), ("dramatiq", "other_"), ("pg_catalog", "pg_")]
)
def test_a_table_that_is_not_there_is_an_error_that_names_it(
    broker_database: str, schema: str, prefix: str
) -> None:
    place = DramatiqPg(broker_database, schema, prefix)
    with pytest.raises(NoSuchSourceError, match=rf"{schema}\.{prefix}queue is no table"):
        Adoption(broker_database, place, one_database=True).__enter__()


def test_a_table_may_have_another_schema_and_a_prefix(broker_database: str) -> None:
    TheirTable(broker_database, schema="Odd name", prefix="its_").add(1)
    place = DramatiqPg(broker_database, "Odd name", "its_")
    with Adoption(broker_database, place, one_database=True) as adoption:
        assert adoption.move() == Moved(1, 0, 0)


def test_a_database_that_does_not_answer_is_told_apart_from_ours(broker_database: str) -> None:
    place = DramatiqPg("postgresql://scout:canary@127.0.0.1:1/d")
    with pytest.raises(SourceUnavailableError, match=r"dramatiq\.queue does not answer") as raised:
        Adoption(broker_database, place, one_database=False).__enter__()
    assert "canary" not in str(raised.value)


def test_every_statement_says_why_and_leaves_nothing_in_a_session() -> None:
    folder = Path(source.__file__).parent
    statements = [*folder.glob("queries/*.sql"), *folder.glob("migrations/*.sql")]
    assert statements
    for path in statements:
        text = path.read_text("utf-8")
        assert house_rules.no_reason_on_top(text) == [], path.name
        assert house_rules.session_state(text) == [], path.name
