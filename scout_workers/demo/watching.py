"""Waiting for the work to be done, and knowing when it will not be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scout_workers.store import report_camera

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from scout_workers.demo.hands import Hands
    from scout_workers.demo.telling import Stage
    from scout_workers.store import Store

SETTLED = frozenset({"completed", "failed", "skipped", "refused"})

_LOOK_EVERY_SECONDS = 0.25


def settled(states: Mapping[str, int]) -> int:
    """Count what needs no more work."""
    return sum(count for state, count in states.items() if state in SETTLED)


def unsettled(states: Mapping[str, int]) -> int:
    """Count what still needs a worker."""
    return sum(states.values()) - settled(states)


def watch(
    store: Store, camera_id: UUID, hands: Hands, stage: Stage, *, patience_seconds: float = 120.0
) -> dict[str, int]:
    """Wait until every capture of a camera is settled, and return how many are in which state.

    Args:
        store: Where to look.
        camera_id: Whose captures.
        hands: The worker that does it.
        stage: Told at every look.
        patience_seconds: How long nothing at all may change.

    Raises:
        WorkerError: The worker ended, or nothing changed for too long.
    """
    before: dict[str, int] = {}
    changed_at = time.monotonic()
    while True:
        with store.transaction() as tx:
            states = report_camera.states(tx, camera_id)
        done, total = settled(states), sum(states.values())
        stage.at(done, total, _note(states))
        if done == total:
            return states
        if states != before:
            before, changed_at = states, time.monotonic()
        elif time.monotonic() - changed_at > patience_seconds:
            raise hands.failed(
                f"Nothing has happened for {patience_seconds:.0f} s: {done} of {total} pictures "
                f"are settled, {_note(states)}."
            )
        if hands.ended_within(_LOOK_EVERY_SECONDS):
            raise hands.failed(f"The worker ended with {total - done} pictures still to do.")


def _note(states: Mapping[str, int]) -> str:
    """Say what stands where, busiest first."""
    waiting = states.get("waiting", 0) + states.get("pending", 0)
    counts = {"running": states.get("running", 0), "waiting": waiting}
    counts["deferred"] = states.get("deferred", 0)
    return ", ".join(f"{count} {state}" for state, count in counts.items() if count)
