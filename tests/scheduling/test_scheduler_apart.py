"""Where the broker cannot join, a run and its message are two steps: what is between is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fix_schedule import START, entry

from scout_workers.domain.schedules import Run
from scout_workers.scheduling import Scheduler, synchronise
from scout_workers.store import schedules

if TYPE_CHECKING:
    from dramatiq.brokers.stub import StubBroker
    from fix_store import Database

    from scout_workers.store import Store

pytestmark = pytest.mark.parametrize("store_route", ["direct"], indirect=True)
IS_SENT = "SELECT sent_at IS NOT NULL FROM scout.schedule_runs"


def waiting(broker: StubBroker) -> int:
    return int(broker.queues["scheduled"].qsize()) if "scheduled" in broker.queues else 0


def test_a_message_follows_its_run(
    store: Store, database: Database, foreign_broker: StubBroker
) -> None:
    synchronise(store, [entry()], moment=START)
    (run,) = Scheduler(store).tick(START.replace(hour=13)).sent
    assert run.scheduled_for == START.replace(hour=13)
    assert waiting(foreign_broker) == 1
    assert database.value(IS_SENT)


def test_a_run_whose_scheduler_died_before_it_was_sent_is_sent_by_another(
    store: Store, database: Database, foreign_broker: StubBroker
) -> None:
    synchronise(store, [entry()], moment=START)
    with store.transaction() as tx:
        schedules.insert_run(tx, Run("hourly", START, "do_hourly", ()))
    assert Scheduler(store).tick(START).sent == [], "it may be on its way"

    database.rows("UPDATE scout.schedule_runs SET tried_at = now() - interval '61 s'")
    (run,) = Scheduler(store).tick(START).sent
    assert run.scheduled_for == START
    assert waiting(foreign_broker) == 1
    assert Scheduler(store).tick(START).sent == []
    assert database.value(IS_SENT)
