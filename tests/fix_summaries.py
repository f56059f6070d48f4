"""Described captures, and the messages that have their hours and days written about."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from fix_deliveries import FaultyStore, KilledError
from fix_store import FIRST_MOMENT

from scout_workers import messages, phases
from scout_workers.domain.calls import Answer, Usage
from scout_workers.domain.windows import Subject, Window, day_of, hour_of, named
from scout_workers.llm.models import Choice, Models
from scout_workers.llm.protocol import ModelProvider
from scout_workers.resources import Resources, provide, resources

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from fix_deliveries import Deliveries, Faults
    from fix_store import Database, Yard

    from scout_workers.broker import Pool
    from scout_workers.domain.insights import InsightFacts
    from scout_workers.domain.summaries import SummaryFacts

__all__ = ["KilledError"]

SUMMARY = '{"headline": "A van came", "text": "It came at 04:20.", "severity": "notice"}'

HOUR = hour_of(FIRST_MOMENT)

# Pictures of a camera that were described: the first at that moment, a minute apart.
DESCRIBED = """
    WITH c AS (
        INSERT INTO scout.captures
            (organization_id, camera_id, bucket, key, captured_at, size_bytes, sha256, state)
        SELECT %s::uuid, %s::uuid, 'described', gen_random_uuid()::text,
               %s::timestamptz + n * interval '1 minute', 1, repeat('0', 64), 'readable'
        FROM generate_series(0, %s - 1) AS n
        RETURNING id, organization_id, camera_id, captured_at
    ), a AS (
        INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, state,
            headline, severity, flags, started_at, settled_at)
        SELECT c.organization_id, c.id, v.id, 'completed', 'A van', %s, %s, now(), now()
        FROM c
        JOIN scout.analysis_profiles AS p ON p.camera_id = c.camera_id
        JOIN scout.profile_versions AS v ON v.profile_id = p.id AND v.state = 'active'
        RETURNING id, organization_id, severity, flags
    )
    INSERT INTO scout.observations
        (organization_id, analysis_id, ordinal, kind, body, severity, confidence, flags)
    SELECT organization_id, id, 0, 'vehicle', %s, severity, 0.75, flags FROM a
    RETURNING id
"""


class WritingProvider(ModelProvider):
    """A provider whose every text is paid, and who remembers what it was asked.

    Attributes:
        asked: The facts of every payment.
        before: Called before the payment; what it raises is the provider's refusal.
    """

    name = "writing"

    def __init__(self, faults: Faults) -> None:
        self.raw = SUMMARY
        self.asked: list[Any] = []
        self.complaints: list[str | None] = []
        self.before: Callable[[], None] = lambda: None
        self._faults = faults
        self._lock = threading.Lock()

    def summarize(self, model: str, facts: SummaryFacts, *, complaint: str | None = None) -> Answer:
        return self._paid(model, facts, complaint)

    def find_insights(
        self, model: str, facts: InsightFacts, *, complaint: str | None = None
    ) -> Answer:
        return self._paid(model, facts, complaint)

    def _paid(self, model: str, facts: object, complaint: str | None) -> Answer:
        phases.outside_transaction("model call")
        self._faults.reach("before the payment")
        self.before()
        with self._lock:
            self.asked.append(facts)
            self.complaints.append(complaint)
        self._faults.reach("after the payment")
        return Answer(
            raw=self.raw,
            served_model=f"{model}-2026",
            usage=Usage(input_tokens=1000, output_tokens=50),
            cost_microdollars=1500,
            price_source="test",
            latency_ms=7,
        )


@dataclass
class Desk:
    """Where summaries are written: what was seen goes in, messages are delivered.

    Attributes:
        deliveries: Of messages, one by one, each to its own end.
    """

    deliveries: Deliveries
    provider: WritingProvider
    yard: Yard
    database: Database
    subject: Subject = field(init=False)

    def __post_init__(self) -> None:
        self.subject = Subject(self.yard.organization_id, self.yard.camera_id, HOUR)

    def described(
        self,
        count: int = 1,
        *,
        minute: int = 0,
        severity: str = "notice",
        flags: tuple[str, ...] = (),
        body: str = "A white van.",
        camera_id: UUID | None = None,
    ) -> list[UUID]:
        """Remember pictures that were described, and return their observations."""
        found = self.database.rows(
            DESCRIBED,
            self.yard.organization_id,
            camera_id or self.yard.camera_id,
            FIRST_MOMENT + minute * (HOUR.end - HOUR.start) / 60,
            count,
            severity,
            list(flags),
            body,
        )
        return [identity for (identity,) in found]

    def day(self, camera: bool = True) -> Subject:  # noqa: FBT001, FBT002 - reads as it is meant
        """The day of the camera, or of the organization."""
        window = day_of(HOUR.start, HOUR.start.tzinfo or FIRST_MOMENT.tzinfo)  # type: ignore[arg-type] # it has one
        camera_id = self.yard.camera_id if camera else None
        return Subject(self.yard.organization_id, camera_id, window)

    def send(self, subject: Subject | None = None) -> int:
        """Send the message of a window and return its row's number."""
        wanted = subject or self.subject
        zone = FIRST_MOMENT.tzinfo
        assert zone is not None
        messages.generate_summary(
            wanted.organization_id,
            wanted.camera_id,
            wanted.window.kind,
            named(wanted.window, zone),
        ).send()
        return int(self.database.value("SELECT max(id) FROM scout_broker.message"))

    def write(self, subject: Subject | None = None) -> BaseException | None:
        """Send and deliver the message of a window."""
        return self.deliveries.deliver(self.send(subject))

    def summaries(self) -> list[tuple[Any, ...]]:
        """Every summary: kind, state, whether it is current, headline; oldest first."""
        return self.database.rows(
            "SELECT kind, state, current, headline FROM scout.summaries ORDER BY created_at"
        )

    def due(self) -> list[tuple[Any, ...]]:
        """What is due: kind and beginning."""
        return self.database.rows(
            "SELECT kind, window_start FROM scout.summary_due ORDER BY kind DESC, window_start"
        )


@pytest.fixture
def writing(deliveries: Deliveries, store_pool: Pool, faults: Faults) -> Desk:
    provider = WritingProvider(faults)
    chosen = Choice("writing", "writing-v1")
    models = Models(
        {provider.name: provider, "counting": deliveries.provider},
        {"summarize": chosen, "insights": chosen},
    )
    provide(Resources(FaultyStore(store_pool, faults), models, resources().blobs))
    return Desk(deliveries, provider, deliveries.yard, deliveries.database)


def window_after(window: Window, hours: int) -> Window:
    """The hour so many hours later."""
    return hour_of(window.start + hours * (HOUR.end - HOUR.start))
