"""What became of each probe: from the ledger, the broker's table and the provider's own till."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from benchmarks.provider_faults.probes import RETRY_AFTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from benchmarks.provider_faults.probes import Probe
    from scout_workers.fake_llm import Till

CALLS = """
    SELECT a.capture_id, c.status, c.error_class, c.received_at IS NOT NULL AS receipt,
        extract(epoch FROM coalesce(c.settled_at, c.received_at) - c.started_at)::float AS seconds
    FROM scout.llm_calls c JOIN scout.analyses a ON a.id = c.subject_id
    ORDER BY c.started_at
"""
ANALYSES = "SELECT capture_id, state, error_class FROM scout.analyses"
WAITING = """
    SELECT payload FROM scout_broker.message WHERE actor = 'analyze_capture'
    UNION ALL
    SELECT payload FROM scout_broker.dead_message WHERE actor = 'analyze_capture'
"""
# What nobody will touch in the next seconds is over, as far as this is concerned.
BUSY = """
    SELECT count(*) FROM scout_broker.message
    WHERE actor = 'analyze_capture' AND (state = 'leased' OR available_at < now() + '20 s')
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the ledger."""

    status: str
    error_class: str | None
    receipt: bool
    seconds: float | None

    @property
    def admits_payment(self) -> bool:
        """Whether the ledger says that this one was or may have been paid."""
        return self.status in {"succeeded", "in_doubt"} or self.receipt


@dataclass(slots=True)
class Counts:
    """The most that was seen in a message's options."""

    retries: int = 0
    deferrals: int = 0


@dataclass(slots=True)
class Watch:
    """Looks at the messages from time to time: a settled one is gone, its counts with it."""

    counts: dict[UUID, Counts] = field(default_factory=dict)

    def look(self, connection: psycopg.Connection[Any]) -> bool:
        """Look once; return whether all is settled or put off for long."""
        for (payload,) in connection.execute(WAITING).fetchall():
            message = json.loads(bytes(payload))
            counts = self.counts.setdefault(UUID(message["args"][0]), Counts())
            counts.retries = max(counts.retries, message["options"].get("retries", 0))
            counts.deferrals = max(counts.deferrals, message["options"].get("deferrals", 0))
        busy = connection.execute(BUSY).fetchone()
        return busy is not None and busy[0] == 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one probe.

    Attributes:
        asked: Requests that reached the provider.
        billed: Of them, those it charges for.
    """

    probe: Probe
    state: str
    error_class: str | None
    calls: tuple[Call, ...]
    counts: Counts
    asked: int
    billed: int

    @property
    def first(self) -> Call | None:
        """The call that met the fault."""
        return self.calls[0] if self.calls else None

    @property
    def followed(self) -> str:
        """What followed from the fault, in a word or two."""
        ways = []
        if self.counts.deferrals:
            ways.append("deferred")
        if self.counts.retries:
            ways.append("retried")
        if not ways and len(self.calls) > 1:
            ways.append("asked again")
        return ", ".join(ways) or ("answered" if self.state == "completed" else "given up")

    @property
    def slept(self) -> bool:
        """Whether a thread waited for as long as the provider told us to stay away."""
        return any(
            (call.seconds or 0.0) >= RETRY_AFTER
            for call in self.calls
            if call.error_class in {"rate_limited", "overloaded"}
        )

    def faults(self, deadline: float) -> list[str]:
        """Return what is wrong with it, in sentences; nothing, if all is as it must be."""
        wrong = ["a thread slept on a Retry-After"] if self.slept else []
        late = [call for call in self.calls if (call.seconds or 0.0) > deadline + 0.5]
        if late:
            wrong.append(f"a call ended after {late[0].seconds:.1f} s")
        if any(call.status == "started" for call in self.calls):
            wrong.append("a call is still open")
        if self.counts.deferrals and self.counts.retries:
            wrong.append("a deferral burned a retry")
        if self.billed > sum(call.admits_payment for call in self.calls):
            wrong.append(f"{self.billed} billed, and the ledger does not know of all")
        if sum(call.status == "succeeded" for call in self.calls) > 2:
            wrong.append("paid more than twice")
        if self.state not in {"completed", "failed", "deferred"}:
            wrong.append(f"left {self.state}")
        return wrong


def gathered(
    connection: psycopg.Connection[Any], probes: Sequence[Probe], watch: Watch, till: Till
) -> list[Outcome]:
    """Put together what is known of each probe."""
    states = {row[0]: (row[1], row[2]) for row in connection.execute(ANALYSES).fetchall()}
    calls: dict[UUID, list[Call]] = {}
    for capture, *rest in connection.execute(CALLS).fetchall():
        calls.setdefault(capture, []).append(Call(*rest))
    entries = till.entries
    outcomes = []
    for probe in probes:
        # Before its body is read, a request has no model: it is told by its fault.
        own = [
            entry
            for entry in entries
            if entry.wire == probe.provider
            and (entry.model == probe.model or (not entry.model and entry.fault == probe.fault))
        ]
        outcomes.append(
            Outcome(
                probe,
                *states.get(probe.capture, ("missing", None)),
                tuple(calls.get(probe.capture, ())),
                watch.counts.get(probe.capture, Counts()),
                asked=len(own),
                billed=sum(entry.billed for entry in own),
            )
        )
    return outcomes
