"""Captures delivered to the real actor, claim by claim, over the broker's real table.

A delivery is what a worker thread does: claim the row, set the current message, run the actor, and
acknowledge if it returned. A test decides how each delivery ends: it may die at any point, as a
killed process does, and the row be given out again.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import CurrentMessage
from fix_broker import usual_middleware
from fix_pictures import encoded, gradient

from scout_workers import messages, phases
from scout_workers.blobs.files import FileStore
from scout_workers.broker import ClaimedMessage, Lease, PostgresBroker
from scout_workers.domain.calls import Answer, Usage
from scout_workers.domain.captures import BlobRef
from scout_workers.llm.models import Models
from scout_workers.llm.protocol import ModelProvider
from scout_workers.resources import Resources, provide
from scout_workers.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from fix_store import Database, Yard

    from scout_workers.broker import Pool
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.llm.protocol import PreparedImage
    from scout_workers.store import Transaction

# Actors declare themselves on the broker there is when their file is imported.
dramatiq.set_broker(StubBroker())
from scout_workers.actors import (  # noqa: E402 - only now is there a broker
    abandon_analysis,
    abandon_insights,
    abandon_profile,
    abandon_summary,
    advance_backfill,
    analyze_capture,
    broadcast_event,
    daily_insights,
    deliver_event,
    due_summaries,
    embed_texts,
    gather_texts,
    generate_insights,
    generate_profile,
    generate_summary,
    sweep_backfills,
)

ACTORS: list[dramatiq.Actor[Any, Any]] = [
    abandon_analysis.abandon_analysis,
    abandon_insights.abandon_insights,
    abandon_summary.abandon_summary,
    daily_insights.daily_insights,
    due_summaries.due_summaries,
    generate_insights.generate_insights,
    generate_summary.generate_summary,
    advance_backfill.advance_backfill,
    analyze_capture.analyze_capture,
    broadcast_event.broadcast_event,
    deliver_event.deliver_event,
    sweep_backfills.sweep_backfills,
    embed_texts.embed_texts,
    gather_texts.gather_texts,
    abandon_profile.abandon_profile,
    analyze_capture.analyze_capture,
    broadcast_event.broadcast_event,
    deliver_event.deliver_event,
    generate_profile.generate_profile,
]

ANSWER = """{"headline": "A van at the gate", "severity": "notice", "flags": ["vehicle"],
"observations": [
  {"kind": "vehicle", "text": "A white van.", "severity": "notice", "confidence": 0.75,
   "region": {"x": 0.25, "y": 0.5, "width": 0.25, "height": 0.125}, "flags": ["vehicle"]},
  {"kind": "light", "text": "The lamp is on.", "severity": "info", "confidence": 0.5}
]}"""


class KilledError(BaseException):
    """The process is gone at this point: nothing after it runs."""


@dataclass
class Faults:
    """Named points on the way; the armed ones do what the test wants there."""

    trail: list[str] = field(default_factory=list)
    actions: dict[int, Callable[[], None]] = field(default_factory=dict)

    def reach(self, name: str) -> None:
        self.trail.append(name)
        action = self.actions.pop(len(self.trail) - 1, None)
        if action is not None:
            action()

    def restart(self, *, at: int | None = None, raising: BaseException | None = None) -> None:
        """Begin a new trail; raise at its point of that number, or be killed there."""
        self.trail.clear()
        self.actions.clear()
        if at is not None:

            def strike() -> None:
                raise raising or KilledError(self.trail[-1])

            self.actions[at] = strike


class FaultyStore(Store):
    """The store, with points before, inside and after each of its transactions."""

    def __init__(self, pool: Pool, faults: Faults, *, vectors: bool = False) -> None:
        super().__init__(pool, vectors=vectors)
        self._faults = faults

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        self._faults.reach("before the transaction")
        with super().transaction() as tx:
            yield tx
            self._faults.reach("before its commit")
        self._faults.reach("after its commit")


class FaultyBlobs(FileStore):
    """Images in a folder, with a point before each is read."""

    faults = Faults()

    def read(self, ref: BlobRef, *, limit: int) -> bytes:
        self.faults.reach("before the image is read")
        return super().read(ref, limit=limit)


class CountingProvider(ModelProvider):
    """A provider whose every answer is paid, and who remembers each payment.

    Attributes:
        paid: One entry a payment: the size of the image and how many references came with it.
        before: Called before the payment; what it raises is the provider's refusal.
        after: Called between payment and answer.
    """

    name = "counting"
    references_wanted: int = 0

    def __init__(self, faults: Faults) -> None:
        self.raw = ANSWER
        self.paid: list[tuple[tuple[int, int], list[tuple[int, int]]]] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self._faults = faults
        self._lock = threading.Lock()

    def describe(
        self,
        image: PreparedImage,
        profile: ProfileVersion,
        references: Sequence[PreparedImage] = (),
        *,
        complaint: str | None = None,
    ) -> Answer:
        del complaint
        phases.outside_transaction("model call")
        self._faults.reach("before the payment")
        self.before()
        with self._lock:
            sizes = [(reference.width, reference.height) for reference in references]
            self.paid.append(((image.width, image.height), sizes))
        self._faults.reach("after the payment")
        self.after()
        return Answer(
            raw=self.raw,
            served_model=f"{profile.model}-2026",
            usage=Usage(input_tokens=1000, output_tokens=50, cached_tokens=10),
            cost_microdollars=1500,
            price_source="test",
            latency_ms=7,
            request_id=f"request-{len(self.paid)}",
        )


@dataclass
class Deliveries:
    """Sends captures, and delivers them to the actor as often as a test likes."""

    broker: PostgresBroker
    database: Database
    provider: CountingProvider
    faults: Faults
    blobs: FileStore
    yard: Yard

    def capture(self, number: int = 1, image: bytes | None = None) -> UUID:
        """Remember a capture; its image is stored unless it is empty."""
        capture_id = self.yard.capture(number)
        data = encoded(gradient(64 + number, 48)) if image is None else image
        if data:
            ref = BlobRef("pictures", f"yard/{number:04}.jpg")
            self.blobs.write(ref, data, content_type="image/jpeg")
        return capture_id

    def send(self, capture_id: UUID) -> int:
        """Send the capture's message and return its row's number."""
        messages.analyze_capture(capture_id).send()
        return int(self.database.value("SELECT max(id) FROM scout_broker.message"))

    def claim(self, row: int) -> ClaimedMessage | None:
        """Claim a row, whoever held it before: as after a rescue. None: it is gone."""
        owner = uuid4()
        found = self.database.rows(
            "UPDATE scout_broker.message SET state = 'leased', attempt = attempt + 1, "
            "lease_owner = %s WHERE id = %s RETURNING attempt, queue, seq, payload",
            owner,
            row,
        )
        if not found:
            return None
        attempt, queue, seq, payload = found[0]
        message = ClaimedMessage(
            Lease(row, attempt, owner), queue, 0, seq, rescues=0, payload=bytes(payload)
        )
        message.open()
        return message

    def process(self, message: ClaimedMessage) -> None:
        """Run the message's actor as a worker does; acknowledge if it returns."""
        current: Any = CurrentMessage()
        current.before_process_message(self.broker, message)
        try:
            self.broker.get_actor(message.actor_name).fn(*message.args, **message.kwargs)
        finally:
            current.after_process_message(self.broker, message)
        self.database.rows(
            "SELECT scout_broker.ack(%s, %s, %s)",
            message.lease.id,
            message.lease.attempt,
            message.lease.owner,
        )

    def deliver(
        self, row: int, *, at: int | None = None, raising: BaseException | None = None
    ) -> BaseException | None:
        """Claim and process a row; return what the actor died of or raised, if anything.

        Args:
            row: Of the message; whoever held it before is fenced off.
            at: The number of the point to be killed at.
            raising: Raise this there instead.
        """
        message = self.claim(row)
        if message is None:
            return None
        self.faults.restart(at=at, raising=raising)
        try:
            self.process(message)
        except (KilledError, Exception) as error:  # noqa: BLE001 - the test looks at it
            return error
        return None

    def calls(self) -> list[tuple[Any, ...]]:
        """Every call of the ledger: status, and whether an answer came."""
        return self.database.rows(
            "SELECT status, received_at IS NOT NULL FROM scout.llm_calls ORDER BY started_at"
        )

    def analyses(self) -> list[tuple[Any, ...]]:
        """Every analysis: state, error class, headline."""
        return self.database.rows(
            "SELECT state, error_class, headline FROM scout.analyses ORDER BY created_at"
        )

    def waiting(self) -> list[str]:
        """The actors of the messages that are still in the broker's table."""
        found = self.database.rows("SELECT actor FROM scout_broker.message ORDER BY id")
        return [actor for (actor,) in found]


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def counting_provider(faults: Faults) -> CountingProvider:
    return CountingProvider(faults)


@pytest.fixture
def deliveries(
    *,
    store_route: str,
    store_pool: Pool,
    database: Database,
    counting_provider: CountingProvider,
    faults: Faults,
    yard: Yard,
    tmp_path: Path,
) -> Iterator[Deliveries]:
    broker = adopted(PostgresBroker(store_route, middleware=usual_middleware()))
    blobs = FaultyBlobs(tmp_path / "blobs")
    blobs.faults = faults
    models = Models({counting_provider.name: counting_provider})
    provide(Resources(FaultyStore(store_pool, faults), models, blobs))
    yield Deliveries(broker, database, counting_provider, faults, blobs, yard)
    broker.close()


def adopted(broker: PostgresBroker) -> PostgresBroker:
    """Make this Dramatiq's broker and the actors'; in production they are imported after it."""
    dramatiq.set_broker(broker)
    for actor in ACTORS:
        actor.broker = broker
        broker.declare_queue(actor.queue_name)
        broker.declare_actor(actor)
    return broker
