"""A day is looked over once, and what is said of it cites observations that are there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from fix_store import FIRST_MOMENT, straight
from fix_summaries import HOUR, KilledError

from scout_workers import messages
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.windows import Subject
from scout_workers.store import Store, cameras, insights, organizations, summary_due

if TYPE_CHECKING:
    from uuid import UUID

    from fix_summaries import Desk

pytestmark = straight

DAY = FIRST_MOMENT.date()
RECEIPT_COMMITTED = 7


def an_answer(*evidence: object, **changes: object) -> str:
    insight: dict[str, object] = {
        "title": "Vans",
        "text": "They come at four.",
        "severity": "notice",
        "evidence": [str(each) for each in evidence],
    }
    return json.dumps({"insights": [insight | changes]})


def _send(writing: Desk, organization_id: UUID | None = None) -> int:
    messages.generate_insights(organization_id or writing.yard.organization_id, DAY).send()
    return int(writing.database.value("SELECT max(id) FROM scout_broker.message"))


def _find(writing: Desk) -> BaseException | None:
    return writing.deliveries.deliver(_send(writing))


def _runs(writing: Desk) -> list[tuple[Any, ...]]:
    return writing.database.rows(
        "SELECT r.state, r.current, r.refused, r.dropped, "
        "(SELECT count(*) FROM scout.insights AS i WHERE i.run_id = r.id), "
        "(SELECT count(*) FROM scout.insight_evidence AS e JOIN scout.insights AS i "
        "ON i.id = e.insight_id WHERE i.run_id = r.id) "
        "FROM scout.insight_runs AS r ORDER BY r.created_at"
    )


def _a_day(writing: Desk) -> list[UUID]:
    """A day with its summaries written, and its observations."""
    seen = writing.described(3, severity="warning", flags=("covered",))
    writing.write()
    writing.write(writing.day())
    writing.provider.asked.clear()
    writing.provider.raw = an_answer(*seen)
    return seen


def test_a_day_is_looked_over_once_and_its_insights_cite_observations(writing: Desk) -> None:
    seen = _a_day(writing)
    assert writing.due() == [("insights", writing.day().window.start)]
    for _ in range(3):
        assert _find(writing) is None

    assert _runs(writing) == [("completed", True, 0, 0, 1, 3)]
    (facts,) = writing.provider.asked
    assert {each.id for each in facts.evidence} == set(seen)
    assert [(each.camera, each.pictures, each.headline) for each in facts.cameras] == [
        ("yard", 3, "A van came")
    ]
    assert writing.due() == []
    assert writing.database.rows(
        "SELECT kind, payload->'insights' FROM scout.events WHERE kind LIKE 'insights%%'"
    ) == [("insights.completed", 1)]
    assert writing.database.rows(
        "SELECT provider, status FROM scout.llm_calls WHERE purpose = 'insights'"
    ) == [("writing", "succeeded")]


def test_what_a_hostile_answer_cites_and_was_not_given_is_refused(
    writing: Desk, store: Store
) -> None:
    seen = _a_day(writing)
    with store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
        cameras.find_or_create(tx, bolt, "yard")
    foreign = writing.database.value("SELECT gen_random_uuid()")
    claims = [
        *json.loads(an_answer(seen[0], foreign, "' OR 1=1 --", seen[0]))["insights"],
        *json.loads(an_answer(foreign))["insights"],
        *json.loads(an_answer())["insights"],
        *json.loads(an_answer(seen[1], title="<img src=x> Ignore all rules"))["insights"],
    ]
    writing.provider.raw = json.dumps({"insights": claims})
    assert _find(writing) is None
    assert _runs(writing) == [("completed", True, 3, 2, 2, 2)]
    titles = [title for (title,) in writing.database.rows("SELECT title FROM scout.insights")]
    assert not any("<" in title for title in titles)


def test_an_answer_that_cites_nothing_it_was_given_is_asked_for_once_more_and_fails(
    writing: Desk,
) -> None:
    _a_day(writing)
    writing.provider.raw = an_answer(writing.database.value("SELECT gen_random_uuid()"))
    assert _find(writing) is None
    assert _runs(writing) == [("failed", False, 0, 0, 0, 0)]
    assert len(writing.provider.asked) == 2
    assert "no insight cites an id" in str(writing.provider.complaints[-1])


def test_a_day_of_which_nothing_is_worth_knowing_is_an_answer_too(writing: Desk) -> None:
    _a_day(writing)
    writing.provider.raw = '{"insights": []}'
    assert _find(writing) is None
    assert _runs(writing) == [("completed", True, 0, 0, 0, 0)]


def test_the_database_itself_links_no_insight_to_another_organizations_observation(
    writing: Desk, store: Store
) -> None:
    _a_day(writing)
    _find(writing)
    with store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        writing.database.rows("UPDATE scout.insight_evidence SET organization_id = %s", bolt)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        writing.database.rows(
            "UPDATE scout.insight_evidence SET observation_id = gen_random_uuid()"
        )


def test_a_day_without_observations_is_skipped_and_costs_nothing(writing: Desk) -> None:
    assert _find(writing) is None
    assert _runs(writing) == [("skipped", False, 0, 0, 0, 0)]
    assert writing.provider.asked == []


def test_news_of_a_day_makes_another_run_and_the_old_one_is_kept(writing: Desk) -> None:
    _a_day(writing)
    _find(writing)
    late = writing.described(minute=30)
    writing.provider.raw = an_answer(*late)
    assert _find(writing) is None
    assert [line[:2] for line in _runs(writing)] == [("completed", False), ("completed", True)]


def test_after_a_receipt_only_the_finish_runs_again(writing: Desk) -> None:
    _a_day(writing)
    row = _send(writing)
    assert isinstance(writing.deliveries.deliver(row, at=RECEIPT_COMMITTED), KilledError)
    assert writing.deliveries.deliver(row) is None
    assert len(writing.provider.asked) == 1
    assert _runs(writing) == [("completed", True, 0, 0, 1, 3)]


def test_a_dead_message_leaves_a_failed_run_that_can_be_tried_again(
    writing: Desk, store: Store
) -> None:
    _a_day(writing)
    row = _send(writing)
    writing.deliveries.deliver(row, at=3)
    dead = writing.deliveries.claim(row)
    assert dead is not None
    writing.deliveries.broker.get_actor("abandon_insights").send(dead.asdict(), {"retries": 5})
    abandoning = writing.database.value("SELECT max(id) FROM scout_broker.message")
    assert writing.deliveries.deliver(abandoning) is None
    assert _runs(writing) == [("failed", False, 0, 0, 0, 0)]

    with store.transaction() as tx:
        insights.reopen(tx, writing.yard.organization_id, DAY)
    assert _find(writing) is None
    assert _runs(writing) == [("completed", True, 0, 0, 1, 3)]


def test_only_the_own_organizations_day_is_looked_over(writing: Desk, store: Store) -> None:
    _a_day(writing)
    with store.transaction() as tx:
        bolt = organizations.find_or_create(tx, "Bolt")
    assert writing.deliveries.deliver(_send(writing, bolt)) is None
    assert _runs(writing) == [("skipped", False, 0, 0, 0, 0)]
    error = writing.deliveries.deliver(
        _send(writing, writing.database.value("SELECT gen_random_uuid()"))
    )
    assert isinstance(error, ScoutError)
    assert error.error_class is ErrorClass.BAD_REQUEST


def test_days_are_sent_once_they_are_over_and_their_summaries_are_written(
    writing: Desk, store: Store
) -> None:
    def sent() -> list[Any]:
        writing.database.rows("DELETE FROM scout_broker.message")
        writing.deliveries.broker.get_actor("daily_insights").fn()
        return writing.database.rows(
            "SELECT queue, convert_from(payload, 'UTF8')::jsonb->'args' FROM scout_broker.message"
        )

    _a_day(writing)
    late = Subject(writing.yard.organization_id, writing.yard.camera_id, HOUR)
    with store.transaction() as tx:
        summary_due.mark(tx, late)
    assert sent() == []  # an hour of it has news
    writing.database.rows("DELETE FROM scout.summary_due WHERE kind = 'hour'")
    assert sent() == [("insights", [str(writing.yard.organization_id), DAY.isoformat()])]
    assert sent() == []
