from __future__ import annotations

from typing import TYPE_CHECKING

from fix_store import straight

from scout_workers import messages
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError
from scout_workers.store import profiles, reruns
from scout_workers.store.profiles import Contents
from scout_workers.store.reruns import Selection, Which
from scout_workers.store.runs import NothingToAnalyzeError

if TYPE_CHECKING:
    from uuid import UUID

    from fix_deliveries import Deliveries

pytestmark = straight

RUNS = """
    SELECT v.number, run_no, a.origin, a.state FROM scout.analyses AS a
    JOIN scout.profile_versions AS v ON v.id = profile_version_id
    ORDER BY v.number, run_no
"""
EVAL = """
    INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, origin, asked_as,
        asked_by)
    SELECT c.organization_id, c.id, v.id, 'eval', 'eval', 'ann'
    FROM scout.captures AS c, scout.profile_versions AS v
    WHERE c.id = %s AND v.number = %s RETURNING id
"""


def _again(deliveries: Deliveries, name: str = "clean lens") -> list[int]:
    """Ask for a round, send its messages and return their rows' numbers."""
    selection = Selection(deliveries.yard.organization_id, which=Which.AGAIN, round=name)
    with deliveries.yard.store.transaction() as tx:
        page = reruns.ask(tx, selection, by="ann")
    return [_send(deliveries, run.capture_id, run.analysis_id) for run in page.asked]


def _send(deliveries: Deliveries, capture_id: UUID, analysis_id: UUID | None) -> int:
    messages.analyze_capture(capture_id, historical=True, analysis_id=analysis_id).send()
    return int(deliveries.database.value("SELECT max(id) FROM scout_broker.message"))


def _new_version(deliveries: Deliveries) -> None:
    yard = deliveries.yard
    with yard.store.transaction() as tx:
        made = profiles.draft(
            tx, yard.organization_id, yard.camera_id, Contents("counting", "v2", ""), by="ann"
        )
        profiles.activate(tx, made.id, by="ann")


def test_a_rerun_is_paid_once_more_and_the_old_results_stay(deliveries: Deliveries) -> None:
    deliveries.deliver(deliveries.send(deliveries.capture()))
    (row,) = _again(deliveries)
    assert (
        deliveries.database.value("SELECT queue FROM scout_broker.message WHERE id = %s", row)
        == "backfill"
    )
    assert deliveries.deliver(row) is None
    assert len(deliveries.provider.paid) == 2
    assert deliveries.database.rows(RUNS) == [
        (1, 1, "capture", "completed"),
        (1, 2, "rerun", "completed"),
    ]
    assert deliveries.database.value("SELECT count(*) FROM scout.observations") == 4
    assert (
        deliveries.database.value(
            "SELECT count(*) FROM scout.events WHERE kind = 'analysis.completed'"
        )
        == 2
    )


def test_a_rerun_delivered_three_times_is_paid_once(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    deliveries.deliver(deliveries.send(capture_id))
    (row,) = _again(deliveries)
    analysis_id = deliveries.database.value("SELECT id FROM scout.analyses WHERE origin = 'rerun'")
    rows = [row, _send(deliveries, capture_id, analysis_id), _send(deliveries, capture_id, None)]
    for each in rows:
        assert deliveries.deliver(each) is None
    assert len(deliveries.provider.paid) == 2


def test_a_rerun_killed_after_its_payment_asks_again_in_doubt_only(deliveries: Deliveries) -> None:
    deliveries.deliver(deliveries.send(deliveries.capture()))
    (row,) = _again(deliveries)
    deliveries.deliver(row, at=deliveries.faults.trail.index("after the payment"))
    assert deliveries.deliver(row) is None
    assert [status for status, _ in deliveries.calls()] == ["succeeded", "in_doubt", "succeeded"]
    assert deliveries.database.rows(RUNS)[1:] == [(1, 2, "rerun", "completed")]


def test_two_rounds_are_two_runs_each_by_its_own_message(deliveries: Deliveries) -> None:
    deliveries.deliver(deliveries.send(deliveries.capture()))
    (first,) = _again(deliveries)
    assert deliveries.deliver(first) is None
    (second,) = _again(deliveries, "cleaner lens")
    assert deliveries.deliver(second) is None
    assert [row[1:] for row in deliveries.database.rows(RUNS)] == [
        (1, "capture", "completed"),
        (2, "rerun", "completed"),
        (3, "rerun", "completed"),
    ]


def test_what_only_compares_versions_is_done_and_nothing_follows(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    analysis_id = deliveries.database.value(EVAL, capture_id, 1)
    assert deliveries.deliver(_send(deliveries, capture_id, analysis_id)) is None
    assert len(deliveries.provider.paid) == 1
    assert deliveries.database.rows(RUNS) == [(1, 1, "eval", "completed")]
    assert deliveries.database.rows("SELECT kind FROM scout.events") == []
    assert deliveries.waiting() == []


def test_a_failure_of_what_only_compares_versions_tells_nobody_either(
    deliveries: Deliveries,
) -> None:
    def refuse() -> None:
        raise ModelError(ErrorClass.REFUSED, "no")

    deliveries.provider.before = refuse
    capture_id = deliveries.capture()
    analysis_id = deliveries.database.value(EVAL, capture_id, 1)
    assert deliveries.deliver(_send(deliveries, capture_id, analysis_id)) is None
    assert deliveries.database.rows(RUNS) == [(1, 1, "eval", "failed")]
    assert deliveries.waiting() == []


def test_a_captures_own_message_leaves_a_comparison_alone(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    deliveries.database.value(EVAL, capture_id, 1)
    assert deliveries.deliver(deliveries.send(capture_id)) is None
    assert deliveries.database.rows(RUNS) == [
        (1, 1, "eval", "pending"),
        (1, 2, "capture", "completed"),
    ]


def test_a_message_does_not_reach_a_run_of_another_capture(deliveries: Deliveries) -> None:
    one, other = deliveries.capture(1), deliveries.capture(2)
    analysis_id = deliveries.database.value(EVAL, one, 1)
    died_of = deliveries.deliver(_send(deliveries, other, analysis_id))
    assert isinstance(died_of, NothingToAnalyzeError)
    assert deliveries.provider.paid == []


def test_a_rerun_ends_under_the_version_it_was_asked_for(deliveries: Deliveries) -> None:
    deliveries.deliver(deliveries.send(deliveries.capture()))
    (row,) = _again(deliveries)
    _new_version(deliveries)
    assert deliveries.deliver(row) is None
    assert [row[:2] for row in deliveries.database.rows(RUNS)] == [(1, 1), (1, 2)]


def test_a_rerun_whose_retries_are_spent_fails_by_itself(deliveries: Deliveries) -> None:
    deliveries.deliver(deliveries.send(deliveries.capture()))
    (row,) = _again(deliveries)
    dead = deliveries.claim(row)
    assert dead is not None
    deliveries.broker.get_actor("abandon_analysis").send(dead.asdict(), {"retries": 5})
    abandoning = deliveries.database.value("SELECT max(id) FROM scout_broker.message")
    assert deliveries.deliver(abandoning) is None
    assert [row[1:] for row in deliveries.database.rows(RUNS)] == [
        (1, "capture", "completed"),
        (2, "rerun", "failed"),
    ]
