"""`why` of queues and messages: situations staged in a real database, the sentence of each."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from fix_why import DYING, LEASE, LONG, QUEUE, WORKING, broker_of, row_of, said, send

from scout_workers.oncall import why
from scout_workers.store import switches

if TYPE_CHECKING:
    from fix_store import Database

    from scout_workers.app import App


def test_a_queue_says_why_it_does_not_move(wondering: App, database: Database) -> None:
    here, controls = wondering, broker_of(wondering).controls
    said(here, QUEUE, why.State.EMPTY, "nothing waits in queue processing")

    for _ in range(3):
        send(here)
    said(
        here,
        QUEUE,
        why.State.NO_WORKER,
        "3 messages wait in queue processing, the first for ",
        ": no worker is alive -> scout-workers worker",
    )
    other, ours = uuid4(), uuid4()
    database.rows(WORKING, other, ["events"], LONG)
    said(
        here,
        QUEUE,
        why.State.NO_WORKER,
        "1 worker is alive, and none serves the queue -> scout-workers worker --queues processing",
    )
    send(here, queue="forgotten")
    said(
        here,
        "forgotten",
        why.State.NO_WORKER,
        "queues.toml does not name it",
        "SCOUT_QUEUES__",
    )
    database.rows(WORKING, ours, [QUEUE, "backfill"], LONG)
    said(here, QUEUE, why.State.MOVES, "it moves: 0 are under way in 12 slots")

    controls.pause(QUEUE, by="ann")
    said(here, QUEUE, why.State.PAUSED, "paused by ann since", "queue resume processing")
    controls.resume(QUEUE)
    controls.limit(QUEUE, 0)
    said(here, QUEUE, why.State.LIMIT, "by its limit of 0", "--fleet none")
    controls.limit(QUEUE, 1)
    database.rows(LEASE, ours, "1 s", database.value("SELECT min(id) FROM scout_broker.message"))
    said(here, QUEUE, why.State.LIMIT, "as may be in the whole fleet: 1", "--fleet 2")
    controls.limit(QUEUE, None)
    for _ in range(11):
        database.rows(LEASE, ours, "1 s", row_of(database, send(here)))
    said(here, QUEUE, why.State.LIMIT, "all 12 slots of the 1 workers that serve it are taken")

    send(here, queue="backfill", delay=60_000)
    said(here, "backfill", why.State.SCHEDULED, "1 message waits for their time, the first for ")
    with here.store.transaction() as tx:
        switches.pause(tx, switches.backfill(), reason="quiet, please", paused_by="bob")
    said(here, "backfill", why.State.PAUSED, "history is paused by bob", "quiet, please")


def test_a_message_says_where_it_is_and_what_became_of_it(
    wondering: App, database: Database
) -> None:
    here, ours, gone = wondering, uuid4(), uuid4()
    database.rows(WORKING, ours, [QUEUE], LONG)
    first, second, third = send(here), send(here), send(here)
    said(here, first, why.State.NEXT, "it is next in queue processing")
    said(here, third, why.State.BEHIND, "2 are before it in queue processing, the first for ")
    said(here, row_of(database, second), why.State.BEHIND, "1 is before it")

    database.rows(LEASE, ours, "12 s", row_of(database, first))
    said(here, first, why.State.UNDER_WAY, "yard-1:4711 has had it for 1", "delivery 1")
    assert broker_of(here).aborts.abort(first) == "running"
    said(here, first, why.State.UNDER_WAY, "it is to be aborted, which its worker hears of soon")
    database.rows(LEASE, ours, "10 min", row_of(database, second))
    said(here, second, why.State.UNDER_WAY, "longer than a message may take", "broker abort")
    database.rows(LEASE, gone, "5 s", row_of(database, third))
    said(here, third, why.State.LOST, "its worker is gone", "for the first time")

    later = send(here, delay=600_000)
    said(here, later, why.State.SCHEDULED, "it is scheduled: it may be claimed in 9 min")
    again = send(here, delay=600_000, retries=2)
    said(here, again, why.State.RETRY, "it failed 2 times; it is tried again in 9 min")
    deferred = send(here, delay=600_000, deferrals=1)
    said(
        here,
        deferred,
        why.State.DEFERRED,
        "it is deferred, once so far; it comes again in 9 min",
    )

    assert broker_of(here).aborts.abort(later) == "waiting"
    said(here, later, why.State.ABORTED, "somebody had it aborted after 0 deliveries")
    database.rows(DYING, -1, "poison", "max_deliveries", None)
    database.rows(DYING, -2, str(UUID(int=5)), "failed", "ValueError: \x1b[31mno\nsuch luck")
    said(
        here,
        UUID(int=5),
        why.State.DEAD,
        "after 5 deliveries: ValueError: \x1b[31mno such luck",
    )
    database.rows("UPDATE scout_broker.dead_message SET id = 9000001 WHERE id = -1")
    said(here, 9000001, why.State.POISONED, "is taken for poison", "dead retry 9000001")
    said(here, uuid4(), why.State.UNKNOWN, "it is done and deleted, or there never was one")

    with pytest.raises(why.UnknownNameError, match="'procesing' names nothing here: write a queue"):
        why.gather(here, "procesing")
