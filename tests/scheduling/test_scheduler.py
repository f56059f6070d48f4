from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fix_schedule import RUNS, SENT, START, entry

from scout_workers import messages
from scout_workers.domain.schedules import Misfire
from scout_workers.scheduling import Scheduler, pause, resume, run_now, synchronise, times
from scout_workers.store import schedules

if TYPE_CHECKING:
    from datetime import datetime

    from fix_store import Database

    from scout_workers.store import Store

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("our_broker")


def runs(database: Database) -> list[tuple[str, datetime]]:
    return database.rows(RUNS)


def test_what_is_due_is_sent_once_and_its_next_time_is_told(
    store: Store, database: Database
) -> None:
    synchronise(store, [entry(), entry("daily", "0 0 * * *")], moment=START)
    scheduler = Scheduler(store)
    assert scheduler.tick(START).sent == []

    tick = scheduler.tick(START + HOUR)
    assert [(run.schedule, run.scheduled_for) for run in tick.sent] == [("hourly", START + HOUR)]
    assert tick.next_at == START + 2 * HOUR
    assert scheduler.tick(START + HOUR).sent == []
    assert database.rows(SENT) == [("do_hourly",)]
    assert database.value("SELECT queue FROM scout_broker.message") == "scheduled"
    assert database.value(
        "SELECT r.message_id = m.message_id AND r.sent_at IS NOT NULL "
        "FROM scout.schedule_runs r, scout_broker.message m"
    )


def test_a_scheduler_sleeps_until_the_next_time_and_no_longer_than_it_is_told(
    store: Store,
) -> None:
    synchronise(store, [entry()], moment=START)
    scheduler = Scheduler(store, look_seconds=60)
    assert 60 <= scheduler.tick(START + timedelta(minutes=1)).wait_seconds <= 61
    assert 5 <= scheduler.tick(START + timedelta(minutes=59, seconds=55)).wait_seconds <= 6


FAILS_AT_LAST = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'the disk is full'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE OF next_at ON scout.schedules
        FOR EACH ROW WHEN (new.name = 'failing') EXECUTE FUNCTION refuse();
"""


def test_a_time_and_its_message_are_one_commit_and_one_entrys_trouble_is_its_own(
    store: Store, database: Database
) -> None:
    synchronise(store, [entry("failing"), entry()], moment=START)
    database.rows(FAILS_AT_LAST)
    sent = Scheduler(store).tick(START + HOUR).sent
    assert [run.schedule for run in sent] == ["hourly"]
    assert runs(database) == [("hourly", START + HOUR)]
    assert database.rows(SENT) == [("do_hourly",)]

    database.rows("DROP TRIGGER refuse ON scout.schedules")
    sent = Scheduler(store).tick(START + HOUR).sent
    assert [run.schedule for run in sent] == ["failing"]
    assert database.rows(SENT) == [("do_hourly",), ("do_failing",)]


@pytest.mark.parametrize(
    ("misfire", "made_up", "missed"),
    [(Misfire.ONCE, [5], 4), (Misfire.SKIP, [], 5), (Misfire.ALL, [3, 4, 5], 0)],
)
def test_after_hours_without_schedulers_the_settings_say_what_runs(
    store: Store, database: Database, misfire: Misfire, made_up: list[int], missed: int
) -> None:
    synchronise(store, [entry(misfire=misfire)], moment=START)
    Scheduler(store, most_misfires=3 if misfire is Misfire.ALL else 100).tick(START + 5.5 * HOUR)
    assert [moment for _, moment in runs(database)] == [START + hours * HOUR for hours in made_up]
    assert database.value("SELECT missed FROM scout.schedules") == missed
    assert database.value("SELECT next_at FROM scout.schedules") == START + 6 * HOUR


def test_many_missed_times_are_made_up_for_in_several_commits_each_once(
    store: Store, database: Database
) -> None:
    synchronise(store, [entry(misfire=Misfire.ALL)], moment=START)
    sent = Scheduler(store).tick(START + 60.5 * HOUR).sent
    assert [run.scheduled_for for run in sent] == [START + n * HOUR for n in range(1, 61)]
    assert len({xmin for (xmin,) in database.rows("SELECT xmin FROM scout.schedule_runs")}) == 3
    assert database.value("SELECT missed FROM scout.schedules") == 0


def test_what_an_operator_paused_stays_paused_and_is_not_made_up_for(
    store: Store, database: Database
) -> None:
    scheduler = Scheduler(store)
    synchronise(store, [entry()], moment=START)
    assert pause(store, "hourly", "ada")
    assert not pause(store, "hourly", "bob")
    synchronise(store, [entry(cron="30 * * * *")], moment=START)
    assert scheduler.tick(START + 3 * HOUR).sent == []
    assert database.value("SELECT paused_by FROM scout.schedules") == "ada"

    assert resume(store, "hourly", moment=START + 3 * HOUR)
    assert not resume(store, "hourly", moment=START)
    assert scheduler.tick(START + 3 * HOUR).sent == []
    (run,) = scheduler.tick(START + 3.5 * HOUR).sent
    assert run.scheduled_for == START + 3.5 * HOUR


def test_an_entry_that_is_gone_is_retired_with_its_runs_and_begins_anew_if_it_comes_back(
    store: Store, database: Database
) -> None:
    scheduler = Scheduler(store)
    synchronise(store, [entry(), entry("other")], moment=START)
    scheduler.tick(START + HOUR)
    synchronise(store, [entry("other")], moment=START)
    assert [run.schedule for run in scheduler.tick(START + 2 * HOUR).sent] == ["other"]
    assert ("hourly", START + HOUR) in runs(database)

    synchronise(store, [entry(), entry("other")], moment=START + 5.5 * HOUR)
    found = {run.schedule for run in scheduler.tick(START + 5.75 * HOUR).sent}
    assert found == {"other"}, "the hours without it were not missed"
    assert len(scheduler.tick(START + 6 * HOUR).sent) == 2


def test_an_entry_that_did_not_change_keeps_what_is_due(store: Store) -> None:
    synchronise(store, [entry()], moment=START)
    synchronise(store, [entry(misfire=Misfire.SKIP)], moment=START + 2 * HOUR)
    with store.transaction() as tx:
        ((schedule, _),) = schedules.all_of_them(tx)
    assert schedule.next_at == START + HOUR
    assert schedule.misfire is Misfire.SKIP


def test_a_disabled_entry_sends_nothing_and_an_enabled_one_begins_from_there(
    store: Store,
) -> None:
    scheduler = Scheduler(store)
    synchronise(store, [entry(enabled=False)], moment=START)
    assert scheduler.tick(START + HOUR).sent == []
    synchronise(store, [entry()], moment=START + 1.5 * HOUR)
    (run,) = scheduler.tick(START + 2 * HOUR).sent
    assert run.scheduled_for == START + 2 * HOUR


def test_a_run_by_hand_leaves_the_times_alone_and_minds_no_pause(
    store: Store, database: Database
) -> None:
    synchronise(store, [entry(arguments=("a",))], moment=START)
    pause(store, "hourly", "ada")
    run = run_now(store, "hourly")
    assert run.arguments == ("a",)
    assert database.rows(SENT) == [("do_hourly",)]
    found = database.rows("SELECT asked_by, sent_at IS NOT NULL FROM scout.schedule_runs")
    assert found == [("operator", True)]
    assert database.value("SELECT next_at FROM scout.schedules") == START + HOUR


def test_of_many_schedulers_at_one_moment_one_sends(store: Store, database: Database) -> None:
    synchronise(store, [entry(), entry("second"), entry("third")], moment=START)
    together = threading.Barrier(8)

    def look() -> None:
        together.wait()
        Scheduler(store).tick(START + HOUR)

    threads = [threading.Thread(target=look, name=f"scheduler-{n}") for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [name for name, _ in runs(database)] == ["hourly", "second", "third"]
    assert len(database.rows(SENT)) == 3


def test_the_control_without_the_run_of_each_time_sends_it_twice(
    store: Store, database: Database
) -> None:
    synchronise(store, [entry()], moment=START)
    together = threading.Barrier(2)

    def look() -> None:
        with store.transaction() as tx:
            ((schedule, _),) = schedules.all_of_them(tx)
        together.wait()
        if schedule.next_at <= START + HOUR:
            messages.Envelope(schedule.actor, messages.SCHEDULED, ()).send()
            following = times.first_after(schedule.cron, "UTC", START + HOUR)
            with store.transaction() as tx:
                schedules.advance(tx, "hourly", following, missed=0)

    threads = [threading.Thread(target=look, name=f"naive-{n}") for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(database.rows(SENT)) == 2


def test_the_primary_key_alone_refuses_a_time_that_was_sent(
    store: Store, database: Database
) -> None:
    synchronise(store, [entry()], moment=START)
    scheduler = Scheduler(store)
    scheduler.tick(START + HOUR)
    database.rows("UPDATE scout.schedules SET next_at = %s", START + HOUR)
    assert scheduler.tick(START + HOUR).sent == []
    assert len(database.rows(SENT)) == 1
