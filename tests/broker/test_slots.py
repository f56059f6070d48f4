"""How much a process may hold: never over a queue's limit, and not all of it in one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from scout_workers.broker.claimed import ClaimedMessage, Lease
from scout_workers.broker.slots import FIRST_BITE, RAMP_PER_SECOND, Slots

if TYPE_CHECKING:
    import pytest


def claimed(count: int) -> list[ClaimedMessage]:
    return [
        ClaimedMessage(Lease(n, 1, uuid4()), "slow", 0, n, rescues=0, payload=b"")
        for n in range(count)
    ]


def test_a_limited_queue_is_filled_over_a_moment_and_then_to_its_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    slots = Slots({"slow": 60})
    slots.serve("slow")
    assert slots.wanted() == {"slow": FIRST_BITE}
    slots.take(claimed(FIRST_BITE))
    assert slots.wanted() == {}
    assert slots.ramping()
    now += 0.1
    assert slots.wanted() == {"slow": int(0.1 * RAMP_PER_SECOND)}
    now += 60 / RAMP_PER_SECOND
    assert slots.wanted() == {"slow": 60 - FIRST_BITE}
    assert not slots.ramping()


def test_a_prefetch_somebody_chose_is_filled_at_once() -> None:
    slots = Slots({})
    slots.serve("slow", 60)
    slots.take(claimed(1))
    assert slots.wanted() == {"slow": 59}
    assert not slots.ramping()


def test_a_freed_slot_may_be_filled_again_and_a_foreign_message_frees_none() -> None:
    slots = Slots({"slow": 2})
    slots.serve("slow")
    mine = claimed(2)
    slots.take(mine)
    assert slots.wanted() == {}
    slots.free(claimed(1))
    assert slots.wanted() == {}
    slots.free(mine[:1])
    assert slots.wanted() == {"slow": 1}
