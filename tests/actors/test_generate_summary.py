"""What was seen in an hour is written about once, in a day of its hours once more."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from fix_store import FIRST_MOMENT, straight
from fix_summaries import HOUR, window_after

from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.windows import Subject, WindowKind
from scout_workers.llm.protocol import ModelError
from scout_workers.store import Store, cameras, organizations, summaries, summary_due

if TYPE_CHECKING:
    from fix_summaries import Desk


def test_an_hour_is_written_about_and_its_day_is_due(writing: Desk) -> None:
    writing.described(3, flags=("dark",))
    assert writing.write() is None

    assert writing.summaries() == [("hour", "completed", True, "A van came")]
    (facts,) = writing.provider.asked
    assert (facts.camera, facts.pictures, facts.unseen) == ("yard", 3, 0)
    assert [(flag.flag, flag.pictures) for flag in facts.flags] == [("dark", 3)]
    assert [moment.text for moment in facts.moments] == ["A white van."] * 3
    assert writing.due() == [("day", writing.day().window.start)]
    assert writing.database.rows("SELECT kind, payload->>'headline' FROM scout.events") == [
        ("summary.completed", "A van came")
    ]
    assert writing.deliveries.waiting() == ["broadcast_event"]
    assert writing.database.rows(
        "SELECT purpose, provider, status, cost_microdollars FROM scout.llm_calls"
    ) == [("summarize", "writing", "succeeded", 1500)]


@straight
def test_equal_facts_are_never_paid_again(writing: Desk) -> None:
    writing.described()
    for _ in range(3):
        assert writing.write() is None
    assert len(writing.provider.asked) == 1
    assert len(writing.summaries()) == 1


def test_late_captures_supersede_and_what_was_written_before_is_kept(writing: Desk) -> None:
    writing.described()
    writing.write()
    writing.provider.raw = writing.provider.raw.replace("A van came", "Two vans came")
    writing.described(minute=30)
    assert writing.write() is None

    assert writing.summaries() == [
        ("hour", "completed", False, "A van came"),
        ("hour", "completed", True, "Two vans came"),
    ]
    assert (
        writing.database.value(
            "SELECT count(*) FROM scout.summaries AS old JOIN scout.summaries AS new "
            "ON new.id = old.superseded_by AND new.current"
        )
        == 1
    )


@straight
def test_facts_that_return_are_current_again_and_cost_nothing(writing: Desk) -> None:
    writing.described()
    writing.write()
    late = writing.described(minute=30)
    writing.write()
    writing.database.rows("DELETE FROM scout.observations WHERE id = %s", late[0])
    writing.database.rows(
        "UPDATE scout.captures SET captured_at = captured_at + interval '1 day' "
        "WHERE captured_at > %s",
        FIRST_MOMENT,
    )
    writing.database.rows("DELETE FROM scout.summary_due")
    assert writing.write() is None
    assert [current for _, _, current, _ in writing.summaries()] == [True, False]
    assert len(writing.provider.asked) == 2
    assert writing.due() == [("day", writing.day().window.start)]


@straight
def test_an_hour_without_a_picture_is_skipped_and_costs_nothing(writing: Desk) -> None:
    writing.deliveries.capture()  # received, and looked at by nobody
    assert writing.write() is None
    assert writing.summaries() == [("hour", "skipped", False, None)]
    assert writing.provider.asked == []
    assert writing.due() == []


@straight
def test_pictures_of_other_hours_and_other_organizations_are_no_facts(
    writing: Desk, store: Store
) -> None:
    writing.described(minute=-1)
    writing.described(minute=60)
    with store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
        foreign = cameras.find_or_create(tx, bolt, "yard")
    writing.described()
    assert writing.write() is None
    assert writing.provider.asked[0].pictures == 1

    stranger = Subject(bolt, writing.yard.camera_id, HOUR)
    error = writing.write(stranger)
    assert isinstance(error, ScoutError)
    assert error.error_class is ErrorClass.BAD_REQUEST
    assert writing.write(Subject(bolt, foreign, HOUR)) is None
    assert len(writing.provider.asked) == 1


@straight
def test_a_day_is_written_from_its_hours(writing: Desk) -> None:
    writing.described(2)
    writing.described(1, minute=150, severity="critical")
    writing.write()
    later = Subject(writing.yard.organization_id, writing.yard.camera_id, window_after(HOUR, 2))
    writing.write(later)
    assert writing.write(writing.day()) is None

    facts = writing.provider.asked[-1]
    assert facts.kind is WindowKind.DAY
    assert [(part.start, part.pictures, part.headline) for part in facts.parts] == [
        (HOUR.start, 2, "A van came"),
        (later.window.start, 1, "A van came"),
    ]
    assert facts.pictures == 3
    # Of one camera's organization there is no day of all cameras.
    assert writing.due() == [("insights", writing.day().window.start)]


@straight
def test_a_day_of_several_cameras_is_due_once_each_has_its_own(writing: Desk, store: Store) -> None:
    with store.transaction() as tx:
        cameras.find_or_create(tx, writing.yard.organization_id, "gate")
    writing.described()
    writing.write()
    writing.write(writing.day())
    assert writing.database.rows("SELECT kind, camera_id FROM scout.summary_due ORDER BY kind") == [
        ("day", None),
        ("insights", None),
    ]
    assert writing.write(writing.day(camera=False)) is None
    assert writing.summaries()[-1] == ("day", "skipped", False, None)  # the gate has seen nothing


@straight
def test_a_day_is_the_organizations_own(writing: Desk) -> None:
    writing.database.rows("UPDATE scout.organizations SET time_zone = 'America/Los_Angeles'")
    writing.described()
    writing.write()
    ((kind, start),) = writing.due()
    assert (kind, start.isoformat()) == ("day", "2026-06-20T07:00:00+00:00")
    assert writing.provider.asked[0].start.isoformat() == "2026-06-20T21:00:00-07:00"


@straight
def test_an_answer_of_no_use_is_asked_for_once_more_and_then_fails(writing: Desk) -> None:
    writing.described()
    writing.provider.raw = "I cannot say."
    assert writing.write() is None
    assert writing.summaries() == [("hour", "failed", False, None)]
    assert len(writing.provider.asked) == 2
    assert writing.provider.complaints[0] is None
    assert "no JSON object" in str(writing.provider.complaints[1])
    assert writing.database.rows("SELECT kind FROM scout.events") == [("summary.failed",)]


@straight
def test_a_failed_window_is_another_question_once_an_operator_wants_it_tried_again(
    writing: Desk, store: Store
) -> None:
    writing.described()
    good, writing.provider.raw = writing.provider.raw, "I cannot say."
    writing.write()
    writing.provider.raw = good
    assert writing.write() is None
    assert [state for _, state, *_ in writing.summaries()] == ["failed"]
    with store.transaction() as tx:
        summaries.reopen(tx, writing.subject)
    assert writing.write() is None
    assert writing.summaries() == [("hour", "completed", True, "A van came")]


@pytest.mark.parametrize(
    ("error_class", "state"),
    [
        (ErrorClass.RATE_LIMITED, "deferred"),
        (ErrorClass.SERVER_ERROR, "pending"),
        (ErrorClass.AUTH, "failed"),
    ],
)
@straight
def test_a_failing_provider_leaves_the_summary_where_its_error_belongs(
    writing: Desk, error_class: ErrorClass, state: str
) -> None:
    def refuse() -> None:
        raise ModelError(error_class, "not now")

    writing.described()
    writing.provider.before = refuse
    row = writing.send()
    error = writing.deliveries.deliver(row)
    assert (error is None) == (state == "failed")
    assert writing.summaries() == [("hour", state, False, None)]
    if error is not None:
        writing.provider.before = lambda: None
        writing.database.rows("UPDATE scout.provider_gates SET closed_until = now()")
        assert writing.deliveries.deliver(row) is None
        assert writing.summaries() == [("hour", "completed", True, "A van came")]


@straight
def test_a_message_that_names_no_window_or_nobody_is_refused(writing: Desk) -> None:
    for arguments in (
        (str(uuid4()), "", "day", "2026-06-21"),
        (str(writing.yard.organization_id), str(uuid4()), "day", "2026-06-21"),
        (str(writing.yard.organization_id), "", "hour", "2026-06-21T04:00:00+00:00"),
        (str(writing.yard.organization_id), "yard", "day", "2026-06-21"),
        (str(writing.yard.organization_id), "", "week", "2026-06-21"),
    ):
        actor = writing.deliveries.broker.get_actor("generate_summary")
        with pytest.raises(ScoutError) as caught:
            actor.fn(*arguments)
        assert caught.value.error_class is ErrorClass.BAD_REQUEST


@straight
def test_a_finished_capture_has_its_hour_be_due_and_so_has_a_refused_one(writing: Desk) -> None:
    deliveries = writing.deliveries
    assert deliveries.deliver(deliveries.send(deliveries.capture(1))) is None
    assert writing.due() == [("hour", HOUR.start)]
    writing.database.rows("DELETE FROM scout.summary_due")
    assert deliveries.deliver(deliveries.send(deliveries.capture(61, b"no picture"))) is None
    assert writing.due() == [("hour", HOUR.end)]


@straight
def test_beginning_a_window_takes_its_news_away_until_there_is_more(
    writing: Desk, store: Store
) -> None:
    writing.described()
    for _ in range(2):
        with store.transaction() as tx:
            summary_due.mark(tx, writing.subject)
    assert writing.due() == [("hour", HOUR.start)]
    writing.write()
    assert writing.due() == [("day", writing.day().window.start)]
