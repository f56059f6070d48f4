from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from fix_deliveries import CountingProvider
from fix_store import straight
from fix_yard import night, noisy, sent, with_thing, yard

from scout_workers import messages, phases
from scout_workers.domain.calls import Answer, Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.models import Choice, Models
from scout_workers.llm.plain_text import plain
from scout_workers.llm.protocol import ModelError
from scout_workers.resources import provide, resources
from scout_workers.store import profile_generations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from fix_deliveries import Deliveries

    from scout_workers.domain.profile_drafts import ProfileFacts
    from scout_workers.llm.protocol import PreparedImage

pytestmark = straight

GENERATIONS = "SELECT state, error_class FROM scout.profile_generations ORDER BY created_at"
VERSIONS = "SELECT number, state, instructions FROM scout.profile_versions ORDER BY number"
PROPOSAL = {"instructions": "Watch <b>the gate</b>.", "reasoning": "It is never shut."}


class Proposing(CountingProvider):
    """Proposes profiles for money, and remembers what it was asked."""

    def __init__(self, deliveries: Deliveries) -> None:
        super().__init__(deliveries.faults)
        self.asked: list[tuple[int, ProfileFacts, str | None]] = []
        self.raw = json.dumps(PROPOSAL)

    def propose_profile(
        self,
        model: str,
        samples: Sequence[PreparedImage],
        facts: ProfileFacts,
        *,
        complaint: str | None = None,
    ) -> Answer:
        phases.outside_transaction("model call")
        self._faults.reach("before the payment")
        self.before()
        self.asked.append((len(samples), facts, complaint))
        self._faults.reach("after the payment")
        return Answer(self.raw, model, Usage(2000, 100), 2500, "test", 9)


@pytest.fixture
def proposing(deliveries: Deliveries) -> Proposing:
    provider = Proposing(deliveries)
    choices = {
        "propose_profile": Choice("counting", "writer-1"),
        "describe": Choice("counting", "counting-v1"),
    }
    provide(resources()._replace(models=Models({"counting": provider}, choices)))
    return provider


@cache
def _drawn(count: int) -> list[bytes]:
    """Pictures by day, two of them with something in it, and one by night."""
    scenes = [noisy(yard(), 3, 1), noisy(yard(), 3, 1), night(yard())]
    scenes += [
        with_thing(yard(), (0.1 * n, 0.5, 0.2, 0.3), (0.9, 0.2, 0.2)) for n in range(count - 3)
    ]
    return [sent(scene).jpeg for scene in scenes]


def _pictures(deliveries: Deliveries, count: int = 4) -> list[UUID]:
    return [deliveries.capture(n, jpeg) for n, jpeg in enumerate(_drawn(count), start=1)]


def _ask(deliveries: Deliveries, wishes: str = "") -> int:
    place = deliveries.yard
    with place.store.transaction() as tx:
        generation_id, _ = profile_generations.ask(
            tx, place.organization_id, place.camera_id, wishes=wishes, by="ann"
        )
    messages.generate_profile(generation_id).send()
    return int(deliveries.database.value("SELECT max(id) FROM scout_broker.message"))


def test_diverse_pictures_become_a_draft_that_nobody_uses_yet(
    deliveries: Deliveries, proposing: Proposing
) -> None:
    made = _pictures(deliveries)
    assert deliveries.deliver(_ask(deliveries, "the gate")) is None
    assert deliveries.database.rows(GENERATIONS) == [("completed", None)]
    (version,) = deliveries.database.rows(VERSIONS)[1:]
    assert version == (2, "draft", plain(PROPOSAL["instructions"], 100))
    assert "<" not in version[2]
    ((samples, facts, _),) = proposing.asked
    assert samples == 3  # of two equal ones only one
    assert (facts.camera, facts.wishes) == ("yard", "the gate")
    assert facts.instructions == "Anything unusual."
    assert facts.samples[0].taken == "2026-06-21 04:04"
    chosen = deliveries.database.rows(
        "SELECT capture_id FROM scout.profile_generation_samples ORDER BY ordinal"
    )
    assert {capture for (capture,) in chosen} < set(made)
    assert deliveries.database.rows(
        "SELECT reasoning, changed_by, reason FROM scout.profile_generations AS g "
        "JOIN scout.profile_changes AS c USING (profile_version_id)"
    ) == [("It is never shut.", "generate_profile", "It is never shut.")]
    assert deliveries.waiting() == []


def test_equal_questions_are_paid_once(deliveries: Deliveries, proposing: Proposing) -> None:
    _pictures(deliveries)
    for _ in range(2):
        assert deliveries.deliver(_ask(deliveries)) is None
    assert len(proposing.asked) == 1
    assert deliveries.database.rows(GENERATIONS) == [("completed", None)] * 2
    assert len(deliveries.database.rows(VERSIONS)) == 2
    assert deliveries.deliver(_ask(deliveries, "another wish")) is None
    assert len(proposing.asked) == 2


def test_there_is_one_proposal_under_way_for_a_camera(
    deliveries: Deliveries, proposing: Proposing
) -> None:
    _pictures(deliveries)
    rows = [_ask(deliveries), _ask(deliveries)]
    assert len(deliveries.database.rows(GENERATIONS)) == 1
    for row in rows:
        assert deliveries.deliver(row) is None
    assert len(proposing.asked) == 1


@pytest.mark.heavy
def test_killed_at_any_point_it_is_paid_twice_only_in_doubt(
    deliveries: Deliveries, proposing: Proposing
) -> None:
    _pictures(deliveries)
    assert deliveries.deliver(_ask(deliveries)) is None
    points = list(deliveries.faults.trail)
    proposing.asked.clear()
    for point, name in enumerate(points):
        row = _ask(deliveries, f"wish {point}")
        assert deliveries.deliver(row, at=point) is not None, name
        assert deliveries.deliver(row) is None, name
    states = {state for state, _ in deliveries.database.rows(GENERATIONS)}
    assert states == {"completed"}
    doubted = [status for status, _ in deliveries.calls()].count("in_doubt")
    assert len(proposing.asked) <= len(points) + doubted
    assert len(proposing.asked) > len(points) - 1


def test_a_transient_failure_asks_the_same_question_again(
    deliveries: Deliveries, proposing: Proposing
) -> None:
    def fail() -> None:
        proposing.before = lambda: None
        raise ModelError(ErrorClass.SERVER_ERROR, "500")

    proposing.before = fail
    _pictures(deliveries)
    row = _ask(deliveries)
    assert isinstance(deliveries.deliver(row), ModelError)
    assert deliveries.database.rows(GENERATIONS) == [("pending", "server_error")]
    _pictures_after = deliveries.capture(40, sent(night(yard(2))).jpeg)
    assert deliveries.deliver(row) is None
    assert (
        deliveries.database.value(
            "SELECT count(*) FROM scout.profile_generation_samples WHERE capture_id = %s",
            _pictures_after,
        )
        == 0
    )
    assert deliveries.database.rows(GENERATIONS) == [("completed", None)]


def test_without_a_picture_that_can_be_read_nobody_is_paid(
    deliveries: Deliveries, proposing: Proposing
) -> None:
    deliveries.capture(1, b"no picture")
    deliveries.capture(2, b"")
    assert deliveries.deliver(_ask(deliveries)) is None
    assert deliveries.database.rows(GENERATIONS) == [("failed", "bad_request")]
    assert proposing.asked == []
    assert deliveries.calls() == []


def test_an_answer_of_another_shape_is_asked_for_once_more(
    deliveries: Deliveries, proposing: Proposing
) -> None:
    proposing.raw = '{"instructions": 7}'
    _pictures(deliveries)
    assert deliveries.deliver(_ask(deliveries)) is None
    assert deliveries.database.rows(GENERATIONS) == [("failed", "schema_invalid")]
    complaints: list[Any] = [complaint is None for *_, complaint in proposing.asked]
    assert complaints == [True, False]


def test_a_dead_message_leaves_no_proposal_under_way(
    deliveries: Deliveries, proposing: Proposing
) -> None:
    _pictures(deliveries)
    row = _ask(deliveries)
    dead = deliveries.claim(row)
    assert dead is not None
    deliveries.broker.get_actor("abandon_profile").send(dead.asdict(), {"retries": 5})
    abandoning = deliveries.database.value("SELECT max(id) FROM scout_broker.message")
    assert deliveries.deliver(abandoning) is None
    assert deliveries.database.rows(GENERATIONS) == [("failed", "retries_spent")]
    assert deliveries.deliver(row) is None
    assert proposing.asked == []
