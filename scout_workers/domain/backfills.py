"""Backfills: which captures of history are to be analysed, and how many may be fed just now.

planned -> running -> completed
           running -> paused      by an operator; at the time or the cost it may not pass
           paused  -> running
planned, running, paused -> cancelled
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

LONGEST_PAUSE = 5.0
SHORTEST_PAUSE = 0.1
BURST_SECONDS = 2 * LONGEST_PAUSE
"""How much of a rate may be made up for: what a step or two let pass."""


class BackfillState(StrEnum):
    """Where a backfill stands."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    COMPLETED = "completed"

    @property
    def over(self) -> bool:
        """Whether it never runs again."""
        return self in {BackfillState.CANCELLED, BackfillState.COMPLETED}


class Which(StrEnum):
    """Which captures of a selection are wanted."""

    MISSING = "missing"  # that have no analysis at all
    FAILED = "failed"  # whose latest analysis failed
    OLDER = "older"  # analysed, but not by the profile version that is active now


class Stop(StrEnum):
    """Why a backfill is paused or cancelled."""

    OPERATOR = "operator"
    UNTIL = "until"  # it was not to feed after that moment
    COST = "cost"  # the next capture might cost more than it may
    UNPRICED = "unpriced"  # it has a cost to keep to, and nobody knows what its calls cost


@dataclass(frozen=True, slots=True)
class Selection:
    """Which captures a backfill is of; they never go beyond one organization.

    Attributes:
        camera_id: Of this camera; None: of all.
        since: Taken at this moment or later.
        before: Taken before this moment.
        which: Which of them.
        sample: Only so many of them, chosen by their ids: the same ones whoever chooses.
        named: sha256 of the ids of the captures that were named, if they were.
    """

    organization_id: UUID
    camera_id: UUID | None = None
    since: datetime | None = None
    before: datetime | None = None
    which: Which = Which.MISSING
    sample: int | None = None
    named: str | None = None

    @property
    def listed(self) -> bool:
        """Whether its captures are chosen beforehand, and stand in a list."""
        return self.sample is not None or self.named is not None

    @property
    def hash(self) -> str:
        """The same for the same selection, in hexadecimal."""
        parts = [
            str(self.organization_id),
            self.camera_id and str(self.camera_id),
            self.since and self.since.timestamp(),
            self.before and self.before.timestamp(),
            self.which,
            self.sample,
            self.named,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def hash_of_ids(ids: Iterable[UUID]) -> str:
    """Return what names a set of ids, in whatever order and however often they are given."""
    return hashlib.sha256("\n".join(sorted({str(each) for each in ids})).encode()).hexdigest()


def sample_key(capture_id: UUID) -> bytes:
    """Where a capture stands in the order that samples are drawn in: as good as at random."""
    return hashlib.sha256(capture_id.bytes).digest()


@dataclass(frozen=True, slots=True)
class Throttle:
    """What holds a backfill back.

    Attributes:
        max_in_flight: The most of its captures in the broker or at work.
        rate: Captures a minute; None: as fast as the workers go.
        max_cost: Millionths of a dollar it may spend; None: no limit but the budgets'.
        until: Nothing is fed from this moment on.
        yield_at: With so many live messages waiting nothing is fed; with half as many, half.
    """

    max_in_flight: int = 200
    rate: float | None = None
    max_cost: int | None = None
    until: datetime | None = None
    yield_at: int = 48


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand when a step is taken.

    Attributes:
        now: By the database's clock.
        in_flight: Of this backfill's captures.
        settled: How many are over, of all that were fed.
        cost: What those have cost.
        expected_cost: What one is thought to cost, as long as none has been paid for.
        unpriced: Of how many nobody knows it.
        rate_used_until: Up to which moment the rate is used up.
        live_waiting: Messages that live captures wait among, their events' included.
    """

    now: datetime
    in_flight: int
    settled: int = 0
    cost: int = 0
    expected_cost: int = 0
    unpriced: int = 0
    rate_used_until: datetime | None = None
    live_waiting: int = 0


def room(throttle: Throttle, standing: Standing) -> int:
    """Return how many captures may be fed now."""
    target = throttle.max_in_flight
    if standing.live_waiting > 0:
        left = max(0, throttle.yield_at - standing.live_waiting)
        target = -(-target * left // throttle.yield_at)  # rounded up: one in flight may be all
    return max(
        0,
        min(
            target - standing.in_flight,
            _by_rate(throttle, standing),
            _by_cost(throttle, standing),
        ),
    )


def stop(throttle: Throttle, standing: Standing) -> Stop | None:
    """Return why nothing may be fed any more until somebody says otherwise; None: it may."""
    if throttle.until is not None and standing.now >= throttle.until:
        return Stop.UNTIL
    if throttle.max_cost is None:
        return None
    if standing.unpriced:
        return Stop.UNPRICED
    if standing.in_flight == 0 and _by_cost(throttle, standing) <= 0:
        return Stop.COST
    return None


def rate_used(throttle: Throttle, standing: Standing, fed: int) -> datetime | None:
    """Return up to which moment the rate is used up once so many have been fed."""
    if throttle.rate is None:
        return None
    return _rate_from(standing, throttle.rate) + fed * _interval(throttle.rate)


def pause(throttle: Throttle, *, settled: int, seconds: float, held: bool) -> float:
    """Return how many seconds the next step is to wait: until about a quarter is to be fed anew.

    Args:
        throttle: What holds the backfill back.
        settled: How many of its captures were over with this step.
        seconds: How long ago the step before was.
        held: Whether something else than a full flight keeps it from feeding.
    """
    if held:
        return 1.0
    quarter = throttle.max_in_flight / 4
    wanted = seconds * quarter / settled if settled else seconds * 2
    return min(max(wanted, SHORTEST_PAUSE), LONGEST_PAUSE)


def _by_rate(throttle: Throttle, standing: Standing) -> int:
    if throttle.rate is None:
        return throttle.max_in_flight
    return int((standing.now - _rate_from(standing, throttle.rate)) / _interval(throttle.rate))


def _by_cost(throttle: Throttle, standing: Standing) -> int:
    """How many more the cost allows, those in flight taken to cost as much as the others did."""
    if throttle.max_cost is None:
        return throttle.max_in_flight
    each = standing.cost / standing.settled if standing.settled else standing.expected_cost
    left = throttle.max_cost - standing.cost
    if each <= 0:
        return throttle.max_in_flight if left >= 0 else 0
    return int(left / each) - standing.in_flight


def _rate_from(standing: Standing, rate: float) -> datetime:
    # A slow rate has more time between two captures than a burst may last.
    earliest = standing.now - max(timedelta(seconds=BURST_SECONDS), 2 * _interval(rate))
    if standing.rate_used_until is None:
        return standing.now - timedelta(seconds=SHORTEST_PAUSE)
    return max(standing.rate_used_until, earliest)


def _interval(rate: float) -> timedelta:
    return timedelta(minutes=1) / rate
