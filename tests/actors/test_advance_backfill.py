"""A backfill, step by step: everything once, never too much at a time, whoever is killed where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from fix_backfills import ADVANCES, struck
from fix_deliveries import KilledError
from fix_store import FIRST_MOMENT, straight

from scout_workers import messages
from scout_workers.domain.backfills import BackfillState, Selection, Throttle, Which
from scout_workers.domain.captures import CaptureState
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError
from scout_workers.store import backfills, captures, profiles

if TYPE_CHECKING:
    from uuid import UUID

    from fix_backfills import Backfilling

    from scout_workers.broker import Pool

ORDER = """
SELECT c.key FROM scout.analyses a JOIN scout.captures c ON c.id = a.capture_id
ORDER BY a.created_at
"""
WRONG = """
SELECT c.key, count(a.id) FROM scout.captures c LEFT JOIN scout.analyses a ON a.capture_id = c.id
GROUP BY c.key HAVING count(a.id) <> 1 OR min(a.state) <> 'completed'
"""

CROWD = """
INSERT INTO scout_broker.message (message_id, queue, actor, payload)
SELECT n, %s, 'noop', '' FROM generate_series(1, 20) n RETURNING 1
"""
HALF_OF_IT_LEAVES = """
DELETE FROM scout_broker.message
WHERE queue = %s AND actor = 'noop' AND message_id::int > 10 RETURNING 1
"""


def _history(backfilling: Backfilling, count: int = 7) -> list[UUID]:
    return [backfilling.deliveries.capture(number) for number in range(1, count + 1)]


def _all_is_well(backfilling: Backfilling, backfill_id: UUID, count: int = 7) -> None:
    line = backfilling.line(backfill_id)
    assert line.state == "completed"
    assert (line.total, line.fed, line.completed, line.failed) == (count, count, count, 0)
    assert line.in_flight == {}
    assert backfilling.deliveries.database.rows(WRONG) == []
    assert len(backfilling.deliveries.provider.paid) == count
    assert backfilling.deliveries.database.rows(ADVANCES) == []


def test_history_is_analyzed_newest_first_a_few_at_a_time(backfilling: Backfilling) -> None:
    _history(backfilling)
    backfill_id = backfilling.begin()

    backfilling.finish()

    _all_is_well(backfilling, backfill_id)
    assert backfilling.most == 3
    keys = [key for (key,) in backfilling.deliveries.database.rows(ORDER)]
    assert keys == [f"yard/{number:04}.jpg" for number in range(7, 0, -1)]
    line = backfilling.line(backfill_id)
    assert line.cost_microdollars == 7 * 1500
    assert (line.input_tokens, line.output_tokens) == (7000, 350)


@straight
@pytest.mark.parametrize("queue", messages.LIVE)
def test_nothing_is_fed_while_much_waits_where_live_captures_and_their_events_do(
    backfilling: Backfilling, queue: str
) -> None:
    _history(backfilling)
    database = backfilling.deliveries.database
    database.rows(CROWD, queue)
    backfill_id = backfilling.begin(Throttle(max_in_flight=4, yield_at=20))

    backfilling.step()
    assert backfilling.line(backfill_id).fed == 0

    database.rows(HALF_OF_IT_LEAVES, queue)
    backfilling.step()
    assert backfilling.line(backfill_id).fed == 2


@straight
def test_what_has_an_analysis_is_left_alone(backfilling: Backfilling) -> None:
    history = _history(backfilling)
    for capture_id in history[2:5]:
        backfilling.deliveries.deliver(backfilling.deliveries.send(capture_id))
    backfill_id = backfilling.begin()

    backfilling.finish()

    line = backfilling.line(backfill_id)
    assert (line.state, line.fed, line.completed) == ("completed", 4, 4)
    assert backfilling.deliveries.database.rows(WRONG) == []


@straight
def test_only_a_camera_and_its_times_are_taken(backfilling: Backfilling) -> None:
    _history(backfilling)
    backfill_id = backfilling.begin(
        camera_id=backfilling.deliveries.yard.camera_id,
        since=FIRST_MOMENT + timedelta(minutes=3),
        before=FIRST_MOMENT + timedelta(minutes=6),
    )

    backfilling.finish()

    assert backfilling.line(backfill_id).fed == 3


@straight
def test_what_an_older_version_looked_at_is_looked_at_by_the_active_one(
    backfilling: Backfilling,
) -> None:
    history = _history(backfilling, 3)
    yard = backfilling.deliveries.yard
    for capture_id in history[:2]:
        backfilling.deliveries.deliver(backfilling.deliveries.send(capture_id))
    with yard.store.transaction() as tx:
        profiles.ensure_active(
            tx,
            yard.organization_id,
            yard.camera_id,
            provider="counting",
            model="counting-v2",
            instructions="Vans.",
        )
    backfill_id = backfilling.begin(which=Which.OLDER)

    backfilling.finish()

    line = backfilling.line(backfill_id)
    assert (line.state, line.fed, line.completed) == ("completed", 2, 2)
    assert len(backfilling.deliveries.provider.paid) == 4


@straight
def test_failures_are_counted_by_their_class_and_not_tried_again(
    backfilling: Backfilling,
) -> None:
    for number in range(1, 4):
        backfilling.deliveries.capture(number, image=b"this is no image" if number == 2 else None)
    backfill_id = backfilling.begin()

    backfilling.finish()

    line = backfilling.line(backfill_id)
    assert (line.state, line.completed, line.failed) == ("completed", 2, 1)
    assert line.failures == {"image_unreadable": 1}


@straight
def test_what_failed_is_run_once_more_when_it_is_asked_for(backfilling: Backfilling) -> None:
    _history(backfilling, 4)
    provider = backfilling.deliveries.provider

    def refuse() -> None:
        raise ModelError(ErrorClass.REFUSED, "not this one")

    provider.before = refuse
    first = backfilling.begin()
    backfilling.finish()
    assert backfilling.line(first).failures == {"refused": 4}
    provider.before = lambda: None
    untouched = backfilling.begin()
    backfilling.finish()
    assert backfilling.line(untouched).fed == 0

    again = backfilling.begin(which=Which.FAILED)
    backfilling.finish()

    line = backfilling.line(again)
    assert (line.state, line.fed, line.completed, line.failed) == ("completed", 4, 4, 0)
    runs = backfilling.deliveries.database.rows(
        "SELECT run_no, state, origin, count(*) FROM scout.analyses GROUP BY 1, 2, 3 ORDER BY 1"
    )
    assert runs == [(1, "failed", "capture", 4), (2, "completed", "rerun", 4)]
    assert len(provider.paid) == 4


@straight
def test_a_capture_that_can_never_be_analyzed_does_not_stay_in_flight(
    backfilling: Backfilling,
) -> None:
    history = _history(backfilling, 2)
    backfill_id = backfilling.begin()
    backfilling.step()
    with backfilling.deliveries.yard.store.transaction() as tx:
        captures.set_state(tx, history[0], CaptureState.EXPIRED)
    backfilling.deliveries.database.rows(
        "UPDATE scout.profile_versions SET state = 'retired' WHERE state = 'active'"
    )
    backfilling.step()

    line = backfilling.line(backfill_id)
    assert (line.state, line.failed, line.skipped) == ("completed", 1, 1)
    assert line.failures == {"no_profile": 1}


@straight
def test_a_step_is_taken_once_however_often_its_message_comes(backfilling: Backfilling) -> None:
    _history(backfilling)
    backfill_id = backfilling.begin()
    for _ in range(3):
        messages.advance_backfill(backfill_id, 1).send()

    backfilling.step()

    assert len(backfilling.deliveries.database.rows(ADVANCES)) == 1
    assert backfilling.line(backfill_id).fed == 3
    backfilling.finish()
    _all_is_well(backfilling, backfill_id)


@straight
def test_killed_before_any_statement_of_a_step_nothing_is_lost_or_done_twice(
    backfilling: Backfilling, store_pool: Pool
) -> None:
    at = 0
    while True:
        first = at * 7 + 1
        for number in range(first, first + 7):
            backfilling.deliveries.capture(number)
        backfill_id = backfilling.begin()
        assert backfilling.step() is None
        backfilling.analyze(2)
        with struck(store_pool, at) as strike:
            died = backfilling.step()
        assert isinstance(died, KilledError) or died is None
        backfilling.finish()
        line = backfilling.line(backfill_id)
        assert (line.state, line.fed, line.completed) == ("completed", 7, 7), strike.names
        assert line.in_flight == {}
        if died is None:
            break
        at += 1
    assert at >= 8
    assert backfilling.most == 3
    assert backfilling.deliveries.database.rows(WRONG) == []
    assert len(backfilling.deliveries.provider.paid) == (at + 1) * 7


@straight
def test_control_with_messages_sent_past_the_commit_a_kill_feeds_twice(
    backfilling: Backfilling, store_pool: Pool
) -> None:
    """What would happen if a step sent its messages first and wrote its cursor then."""
    history = _history(backfilling)
    backfill_id = backfilling.begin()
    for capture_id in history[-3:]:
        messages.analyze_capture(capture_id, historical=True).send()
    with struck(store_pool, 0):
        assert isinstance(backfilling.step(), KilledError)

    backfilling.step()

    assert backfilling.most == 6
    assert backfilling.line(backfill_id).max_in_flight == 3


@straight
def test_paused_it_feeds_nothing_counts_what_ends_and_goes_on_when_resumed(
    backfilling: Backfilling,
) -> None:
    _history(backfilling)
    store = backfilling.deliveries.yard.store
    backfill_id = backfilling.begin()
    backfilling.step()
    with store.transaction() as tx:
        step = backfills.halt(tx, backfill_id, BackfillState.PAUSED, by="test")
        messages.advance_backfill(backfill_id, step).send(tx)

    backfilling.analyze()
    backfilling.step()

    line = backfilling.line(backfill_id)
    assert (line.state, line.state_reason, line.fed, line.completed) == ("paused", "operator", 3, 3)
    assert backfilling.deliveries.database.rows(ADVANCES) == []
    with store.transaction() as tx:
        step = backfills.start(tx, backfill_id, by="test")
        messages.advance_backfill(backfill_id, step).send(tx)
    backfilling.finish()
    _all_is_well(backfilling, backfill_id)
    changes = [
        change
        for (change,) in backfilling.deliveries.database.rows(
            "SELECT change FROM scout.backfill_changes ORDER BY changed_at"
        )
    ]
    assert changes == ["planned", "running", "paused", "running", "completed"]


@straight
def test_cancelled_it_is_over_and_another_of_the_same_selection_takes_up_what_is_left(
    backfilling: Backfilling,
) -> None:
    _history(backfilling)
    store = backfilling.deliveries.yard.store
    backfill_id = backfilling.begin()
    backfilling.step()
    with store.transaction() as tx:
        step = backfills.halt(tx, backfill_id, BackfillState.CANCELLED, by="test")
        messages.advance_backfill(backfill_id, step).send(tx)
    with store.transaction() as tx, pytest.raises(backfills.BackfillOverError):
        backfills.start(tx, backfill_id, by="test")

    second = backfilling.begin()
    backfilling.finish()

    assert second != backfill_id
    assert backfilling.line(backfill_id).fed + backfilling.line(second).fed == 7
    assert backfilling.deliveries.database.rows(WRONG) == []
    assert len(backfilling.deliveries.provider.paid) == 7


@straight
def test_at_its_cost_it_pauses_and_has_not_passed_it(backfilling: Backfilling) -> None:
    _history(backfilling)
    backfill_id = backfilling.begin(Throttle(max_in_flight=2, max_cost=6_000))

    for _ in range(8):
        backfilling.step()
        backfilling.analyze()

    line = backfilling.line(backfill_id)
    assert (line.state, line.state_reason) == ("paused", "cost")
    assert line.cost_microdollars == 6_000
    assert line.fed == 4


@straight
def test_at_its_time_it_pauses(backfilling: Backfilling) -> None:
    _history(backfilling)
    backfill_id = backfilling.begin(Throttle(until=datetime.now(UTC) - timedelta(seconds=1)))

    backfilling.step()

    line = backfilling.line(backfill_id)
    assert (line.state, line.state_reason, line.fed) == ("paused", "until", 0)


def test_while_live_messages_wait_it_feeds_less_and_then_nothing(
    backfilling: Backfilling,
) -> None:
    history = _history(backfilling)
    backfill_id = backfilling.begin(Throttle(max_in_flight=4, yield_at=2))
    live = [backfilling.deliveries.send(history[0])]
    backfilling.step()
    assert backfilling.line(backfill_id).fed == 2
    live.append(backfilling.deliveries.send(history[1]))
    backfilling.analyze()
    backfilling.step()
    assert backfilling.line(backfill_id).fed == 2

    for row in live:
        backfilling.deliveries.deliver(row)
    backfilling.finish()

    assert backfilling.deliveries.database.rows(WRONG) == []
    assert backfilling.line(backfill_id).state == "completed"


@straight
def test_two_backfills_that_overlap_never_have_the_same_capture_in_flight(
    backfilling: Backfilling,
) -> None:
    _history(backfilling)
    first = backfilling.begin(Throttle(max_in_flight=4))
    second = backfilling.begin(
        Throttle(max_in_flight=4), camera_id=backfilling.deliveries.yard.camera_id
    )

    backfilling.finish()

    lines = [backfilling.line(each) for each in (first, second)]
    assert [line.state for line in lines] == ["completed", "completed"]
    assert sum(line.fed for line in lines) == 7
    assert len(backfilling.deliveries.provider.paid) == 7


@straight
def test_while_one_is_active_a_second_of_the_same_selection_is_that_one(
    backfilling: Backfilling,
) -> None:
    _history(backfilling, 1)
    first = backfilling.begin()
    yard = backfilling.deliveries.yard
    with yard.store.transaction() as tx:
        again = backfills.plan(
            tx, Selection(yard.organization_id), Throttle(), wish="all", by="x", total=0
        )
    assert again == (first, False)


def test_a_chosen_list_is_worked_off_and_nothing_else(backfilling: Backfilling) -> None:
    history = _history(backfilling)
    yard = backfilling.deliveries.yard
    chosen = [(FIRST_MOMENT, each) for each in history[1:5]]
    with yard.store.transaction() as tx:
        backfill_id, _ = backfills.plan(
            tx,
            Selection(yard.organization_id, sample=4),
            Throttle(max_in_flight=3),
            wish="a sample",
            by="test",
            total=4,
        )
        backfills.list_captures(tx, backfill_id, chosen)
        backfills.list_captures(tx, backfill_id, chosen)
        step = backfills.start(tx, backfill_id, by="test")
        messages.advance_backfill(backfill_id, step).send(tx)
    backfilling.deliveries.deliver(backfilling.deliveries.send(history[1]))

    backfilling.finish()

    line = backfilling.line(backfill_id)
    assert (line.state, line.total, line.fed, line.completed) == ("completed", 3, 3, 3)
    assert len(backfilling.deliveries.provider.paid) == 4


@straight
def test_a_step_whose_message_was_lost_is_sent_for_once_more(backfilling: Backfilling) -> None:
    _history(backfilling, 2)
    backfill_id = backfilling.begin()
    database = backfilling.deliveries.database
    database.rows("DELETE FROM scout_broker.message")
    sweep: dramatiq.Message[Any] = dramatiq.Message("scheduled", "sweep_backfills", (), {}, {})
    for overdue, sent_for in (("10 seconds", 0), ("2 minutes", 1)):
        database.rows("UPDATE scout.backfills SET next_step_at = now() - %s::interval", overdue)
        dramatiq.get_broker().enqueue(sweep.copy())
        row = database.value("SELECT max(id) FROM scout_broker.message")
        assert backfilling.deliveries.deliver(row) is None
        assert len(database.rows(ADVANCES)) == sent_for

    backfilling.finish()

    _all_is_well(backfilling, backfill_id, 2)
