from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from fix_broker import eventually
from fix_deliveries import ANSWER
from fix_pictures import encoded, gradient

from scout_workers import deadline, phases
from scout_workers.actors import analyze_capture as module
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.observations import Observation, Region, Severity
from scout_workers.resources import resources
from scout_workers.store import analyses, observations, profiles

if TYPE_CHECKING:
    from uuid import UUID

    from fix_deliveries import Deliveries

JPEG = encoded(gradient())
COMPLETED = ("completed", None, "A van at the gate")


def test_a_capture_becomes_observations_in_one_paid_call(deliveries: Deliveries) -> None:
    row = deliveries.send(deliveries.capture())

    assert deliveries.deliver(row) is None

    assert deliveries.analyses() == [COMPLETED]
    assert deliveries.calls() == [("succeeded", True)]
    assert len(deliveries.provider.paid) == 1
    assert deliveries.waiting() == ["broadcast_event"]
    assert deliveries.database.rows("SELECT state, state_reason FROM scout.captures") == [
        ("readable", None)
    ]
    with resources().store.transaction() as tx:
        analysis_id = deliveries.database.value("SELECT id FROM scout.analyses")
        assert observations.of(tx, analysis_id) == [
            Observation(
                kind="vehicle",
                text="A white van.",
                severity=Severity.NOTICE,
                confidence=0.75,
                region=Region(0.25, 0.5, 0.25, 0.125),
                flags=("vehicle",),
            ),
            Observation("light", "The lamp is on.", Severity.INFO, 0.5),
        ]


def test_the_ledger_tells_what_was_asked_answered_and_paid(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    deliveries.deliver(deliveries.send(capture_id))

    (row,) = deliveries.database.rows(
        "SELECT purpose, provider, model, served_model, provider_request_id, input_tokens, "
        "output_tokens, cached_tokens, cost_microdollars, price_source, latency_ms, raw_answer, "
        "request_key LIKE 'describe:' || %s || ':%%', expires_at - started_at = '180 s', "
        "subject_id = (SELECT id FROM scout.analyses) FROM scout.llm_calls",
        capture_id,
    )
    paid = ("counting-v1-2026", "request-1", 1000, 50, 10, 1500, "test", 7)
    assert row == ("describe", "counting", "counting-v1", *paid, ANSWER, True, True, True)


def test_the_event_tells_the_outcome_without_asking_back(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    deliveries.deliver(deliveries.send(capture_id))
    ((kind, payload, broadcast_at),) = deliveries.database.rows(
        "SELECT kind, payload, broadcast_at FROM scout.events"
    )
    assert kind == "analysis.completed"
    assert broadcast_at is None
    assert payload["capture_id"] == str(capture_id)
    assert payload["camera_id"] == str(deliveries.yard.camera_id)
    assert payload["captured_at"] == "2026-06-21T04:01:00+00:00"
    assert (payload["headline"], payload["severity"], payload["flags"]) == (
        "A van at the gate",
        "notice",
        ["vehicle"],
    )


def test_a_settled_capture_is_not_looked_at_again(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    for _ in range(3):
        assert deliveries.deliver(deliveries.send(capture_id)) is None
    assert len(deliveries.provider.paid) == 1
    assert deliveries.waiting() == ["broadcast_event"]


def test_the_naive_version_which_asks_inside_the_transaction_is_refused(
    deliveries: Deliveries,
) -> None:
    capture_id = deliveries.capture()
    store, models, blobs = resources()
    image = module._image(blobs, BlobRef("pictures", "yard/0001.jpg"))

    def naive() -> None:
        with store.transaction() as tx:
            analysis = analyses.begin(tx, capture_id, str(uuid4()))
            assert analysis is not None
            models.describe(image, analysis.profile)

    def more_naive() -> None:
        with store.transaction() as tx:
            analysis = analyses.begin(tx, capture_id, str(uuid4()))
            assert analysis is not None
            blobs.read(analysis.capture.blob, limit=10**6)

    with pytest.raises(phases.TransactionHeldError, match="model call"):
        naive()
    with pytest.raises(phases.TransactionHeldError):
        more_naive()
    assert deliveries.provider.paid == []
    assert deliveries.analyses() == []


def test_an_analysis_ends_under_the_profile_version_it_began_with(
    deliveries: Deliveries,
) -> None:
    row = deliveries.send(deliveries.capture())
    deliveries.deliver(row, at=9)  # paid, receipt written, killed before the finish
    yard = deliveries.yard
    with resources().store.transaction() as tx:
        profiles.ensure_active(
            tx,
            yard.organization_id,
            yard.camera_id,
            provider="counting",
            model="counting-v2",
            instructions="Anything else.",
        )
    assert deliveries.deliver(row) is None
    assert deliveries.analyses() == [COMPLETED]
    assert len(deliveries.provider.paid) == 1


def test_a_new_profile_version_is_a_new_analysis(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    deliveries.deliver(deliveries.send(capture_id))
    yard = deliveries.yard
    with resources().store.transaction() as tx:
        profiles.ensure_active(
            tx,
            yard.organization_id,
            yard.camera_id,
            provider="counting",
            model="counting-v2",
            instructions="Anything else.",
        )
    deliveries.deliver(deliveries.send(capture_id))
    assert deliveries.analyses() == [COMPLETED, COMPLETED]
    assert len(deliveries.provider.paid) == 2


def test_a_capture_known_to_be_gone_is_skipped(deliveries: Deliveries) -> None:
    capture_id = deliveries.capture()
    row = deliveries.send(capture_id)
    deliveries.deliver(row, at=3)
    deliveries.database.rows("UPDATE scout.captures SET state = 'expired'")
    assert deliveries.deliver(row) is None
    assert deliveries.analyses() == [("skipped", "expired", None)]
    assert deliveries.provider.paid == []
    assert deliveries.deliver(deliveries.send(capture_id)) is None


def _captures_before(deliveries: Deliveries, images: list[bytes | None]) -> UUID:
    for number, image in enumerate(images, start=1):
        deliveries.capture(number, image)
    return deliveries.capture(len(images) + 1)


def test_as_many_earlier_images_as_the_provider_wants_come_newest_first(
    deliveries: Deliveries,
) -> None:
    deliveries.provider.references_wanted = 2
    capture_id = _captures_before(deliveries, [None, None, None])
    deliveries.capture(9)  # a later one
    deliveries.deliver(deliveries.send(capture_id))
    # An image's width is 64 and the capture's number.
    assert deliveries.provider.paid == [((68, 48), [(67, 48), (66, 48)])]


def test_an_earlier_image_that_cannot_be_read_is_passed_over(deliveries: Deliveries) -> None:
    deliveries.provider.references_wanted = 2
    capture_id = _captures_before(deliveries, [None, None, b"no image at all", b""])
    assert deliveries.deliver(deliveries.send(capture_id)) is None
    assert deliveries.provider.paid == [((69, 48), [(66, 48), (65, 48)])]


def test_a_provider_that_wants_no_earlier_image_has_none_read(deliveries: Deliveries) -> None:
    capture_id = _captures_before(deliveries, [None, None])
    deliveries.deliver(deliveries.send(capture_id))
    assert deliveries.faults.trail.count("before the image is read") == 1


def test_an_answer_that_came_at_the_very_end_of_the_budget_is_kept_and_finished(
    deliveries: Deliveries,
) -> None:
    def dawdle() -> None:
        running = deadline.current()
        assert running is not None
        eventually(lambda: running.remaining() == 0.0)

    deliveries.provider.after = dawdle
    row = deliveries.send(deliveries.capture())
    with deadline.starting(1.0):
        assert deliveries.deliver(row) is None
    assert deliveries.analyses() == [COMPLETED]


def test_control_without_the_granted_time_the_paid_answer_would_be_lost(
    deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "at_least", lambda _seconds: deadline.starting(0.0))
    row = deliveries.send(deliveries.capture())
    deliveries.deliver(row)
    assert len(deliveries.provider.paid) == 1
    assert deliveries.calls() == [("started", False)]


def test_a_result_its_event_and_the_acknowledgement_are_one_commit(
    deliveries: Deliveries,
) -> None:
    # The last statement of the finish fails: nothing of what came before it may stay.
    deliveries.database.rows("DROP FUNCTION scout_broker.ack")
    row = deliveries.send(deliveries.capture())
    assert deliveries.deliver(row) is not None
    assert deliveries.analyses() == [("running", None, None)]
    assert deliveries.database.value("SELECT count(*) FROM scout.observations") == 0
    assert deliveries.database.value("SELECT count(*) FROM scout.events") == 0
    assert deliveries.waiting() == ["analyze_capture"]
