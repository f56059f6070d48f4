"""Windows that are over, with news in them, are sent to be written about: each to one sender."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from fix_broker import PATIENCE
from fix_store import FIRST_MOMENT, straight
from fix_summaries import HOUR
from psycopg import sql

from scout_workers.domain.calls import ModelName
from scout_workers.domain.windows import Subject, hour_of
from scout_workers.store import Store, cameras, summaries, summary_due

if TYPE_CHECKING:
    from datetime import datetime

    import pytest
    from fix_summaries import Desk

pytestmark = straight

MODEL = ModelName("writing", "writing-v1")


def _due(writing: Desk, *arguments: str) -> list[tuple[str, ...]]:
    """Run the scheduled actor, and return what it sent."""
    before = writing.database.value("SELECT coalesce(max(id), 0) FROM scout_broker.message")
    writing.deliveries.broker.get_actor("due_summaries").fn(*arguments)
    sent = writing.database.rows(
        "SELECT convert_from(payload, 'UTF8')::jsonb->'args' FROM scout_broker.message "
        "WHERE id > %s AND actor = 'generate_summary' AND queue = 'summary_generation' ORDER BY 1",
        before,
    )
    return [tuple(arguments[1:]) for (arguments,) in sent]


def _mark(store: Store, *subjects: Subject) -> None:
    with store.transaction() as tx:
        for subject in subjects:
            summary_due.mark(tx, subject)


def _now(writing: Desk) -> datetime:
    moment: datetime = writing.database.value("SELECT now()")
    return moment


def test_a_window_that_is_over_is_sent_once(writing: Desk, store: Store) -> None:
    writing.described()
    _mark(store, writing.subject)
    camera = str(writing.yard.camera_id)
    assert _due(writing) == [(camera, "hour", "2026-06-21T04:00:00+00:00")]
    assert _due(writing) == []


def test_a_window_that_is_open_or_was_just_closed_waits(writing: Desk, store: Store) -> None:
    now = _now(writing)
    open_ = Subject(writing.yard.organization_id, writing.yard.camera_id, hour_of(now))
    _mark(store, open_)
    assert _due(writing, "0") == []
    writing.database.rows(
        "UPDATE scout.summary_due SET window_start = now() - interval '65 min', "
        "window_end = now() - interval '5 min'"
    )
    assert _due(writing, "600") == []
    assert len(_due(writing, "200")) == 1


def test_an_hour_with_a_picture_still_at_work_waits_but_not_for_ever(
    writing: Desk, store: Store
) -> None:
    writing.described()
    writing.deliveries.capture(30)
    _mark(store, writing.subject)
    assert _due(writing) == []
    assert len(_due(writing, "600", "0")) == 1


def test_an_hour_is_sent_once_its_last_picture_is_settled(writing: Desk) -> None:
    deliveries = writing.deliveries
    first, second = (deliveries.send(deliveries.capture(number)) for number in (1, 2))
    deliveries.deliver(first)
    assert _due(writing) == []
    deliveries.deliver(second)
    assert len(_due(writing)) == 1


def test_a_day_waits_for_the_last_of_its_hours(writing: Desk, store: Store) -> None:
    writing.described()
    writing.described(minute=60)
    later = Subject(writing.yard.organization_id, writing.yard.camera_id, hour_of(HOUR.end))
    writing.write()
    _mark(store, later)
    assert writing.due() == [("hour", later.window.start), ("day", writing.day().window.start)]
    assert [kind for _, kind, _ in _due(writing)] == ["hour"]
    row = writing.send(later)
    writing.deliveries.deliver(row, at=7)  # killed: begun, and not finished
    assert _due(writing) == []
    writing.deliveries.deliver(row)
    assert [(kind, start) for _, kind, start in _due(writing)] == [("day", "2026-06-21")]


def test_an_organizations_day_waits_for_its_cameras(writing: Desk, store: Store) -> None:
    with store.transaction() as tx:
        cameras.find_or_create(tx, writing.yard.organization_id, "gate")
    writing.described()
    writing.write()
    _mark(store, writing.day(camera=False))
    assert [camera for camera, _, _ in _due(writing)] == [str(writing.yard.camera_id)]
    writing.write(writing.day())
    assert _due(writing) == [("", "day", "2026-06-21")]


def test_what_was_sent_and_never_begun_is_sent_again_after_an_hour(
    writing: Desk, store: Store
) -> None:
    _mark(store, writing.subject)
    assert len(_due(writing)) == 1
    writing.database.rows("UPDATE scout.summary_due SET sent_at = now() - interval '61 min'")
    assert len(_due(writing)) == 1


def test_many_senders_at_once_send_each_window_once(writing: Desk, store: Store) -> None:
    hours = [hour_of(HOUR.start + number * (HOUR.end - HOUR.start)) for number in range(40)]
    _mark(
        store,
        *[Subject(writing.yard.organization_id, writing.yard.camera_id, hour) for hour in hours],
    )
    start = threading.Barrier(6)

    def send() -> None:
        start.wait(PATIENCE)
        writing.deliveries.broker.get_actor("due_summaries").fn()

    with ThreadPoolExecutor(6, "sender") as pool:
        for future in [pool.submit(send) for _ in range(6)]:
            future.result(PATIENCE)
    assert writing.database.value("SELECT count(*) FROM scout_broker.message") == len(hours)


def _news_during_a_begin(writing: Desk, store: Store) -> None:
    """Bring news that is not committed yet while a summary is begun."""
    writing.described()
    _mark(store, writing.subject)
    marked, began = threading.Event(), threading.Event()

    def bring_news() -> None:
        with store.transaction() as tx:
            summary_due.mark(tx, writing.subject)
            tx.execute(_LATE, {"camera": writing.yard.camera_id, "at": FIRST_MOMENT})
            marked.set()
            # A beginner that waits for us cannot say so: only one that does not is heard of.
            began.wait(0.5)

    def begin() -> None:
        assert marked.wait(PATIENCE)
        with store.transaction() as tx:
            summaries.begin(tx, writing.subject, "token", MODEL)
        began.set()

    with ThreadPoolExecutor(2, "late") as pool:
        for future in [pool.submit(bring_news), pool.submit(begin)]:
            future.result(PATIENCE)


_LATE = sql.SQL(
    "UPDATE scout.captures SET captured_at = captured_at + interval '5 min' "
    "WHERE camera_id = %(camera)s AND captured_at = %(at)s"
)


def _is_seen(writing: Desk) -> bool:
    """Whether the news is in the facts, or the window is due for it."""
    first = writing.database.value("SELECT facts->>'first' FROM scout.summaries")
    return "04:05" in str(first) or writing.due() != []


def test_news_that_is_being_committed_while_a_summary_begins_is_not_lost(
    writing: Desk, store: Store
) -> None:
    _news_during_a_begin(writing, store)
    assert _is_seen(writing)


def test_control_without_the_lock_news_between_the_two_would_be_lost(
    writing: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary_due, "_LOCK", sql.SQL("SELECT %(lock)s::bigint"))
    _news_during_a_begin(writing, store)
    assert not _is_seen(writing)


def test_captures_of_one_hour_do_not_wait_for_each_other(writing: Desk, store: Store) -> None:
    _mark(store, writing.subject)
    inside, leave = threading.Barrier(6), threading.Event()

    def finish() -> None:
        with store.transaction() as tx:
            summary_due.mark(tx, writing.subject)
            inside.wait(PATIENCE)  # all six are past the mark, and none has committed
            assert leave.wait(PATIENCE)

    with ThreadPoolExecutor(6, "finish") as pool:
        futures = [pool.submit(finish) for _ in range(5)]
        with store.transaction() as tx:
            summary_due.mark(tx, writing.subject)
            inside.wait(PATIENCE)
            leave.set()
        for future in futures:
            future.result(PATIENCE)
    assert writing.due() == [("hour", HOUR.start)]
