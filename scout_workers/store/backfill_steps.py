"""One step of a backfill: what is over is counted, what there is room for is fed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from scout_workers.domain.backfills import (
    SHORTEST_PAUSE,
    BackfillState,
    Standing,
    Stop,
    Which,
    pause,
    rate_used,
    room,
    stop,
)
from scout_workers.store import backfills
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.backfills import Backfill
    from scout_workers.store.transaction import Transaction

_CANDIDATES = query("backfills_candidates")
_REAP = query("backfills_reap")
_IN_FLIGHT = query("backfills_in_flight")
_FEED = query("backfills_feed")
_UNLIST = query("backfills_unlist")
_RERUN = query("backfills_rerun")
_ADVANCE = query("backfills_advance")

PAGE = 500
"""Captures looked at by one statement."""

PAGES = 4
"""Pages of one step: where nearly all is analysed already, the walk goes on with the next one."""

HAND = "scout-workers"

_PAID = ("cost_microdollars", "input_tokens", "output_tokens", "unpriced")


@dataclass(frozen=True, slots=True)
class Step:
    """What a step did, and what is to be sent with its commit.

    Attributes:
        fed: The captures whose messages are to be sent, in their order.
        following: The number of the step that is to follow; None: there is none.
        pause: Seconds until then.
        state: Of the backfill after it.
    """

    fed: tuple[UUID, ...]
    following: int | None
    pause: float
    state: BackfillState


@dataclass(frozen=True, slots=True)
class _Walk:
    """How far a step's walk over the selection came."""

    cursor: tuple[datetime | None, UUID | None]
    fed: tuple[UUID, ...] = ()
    exhausted: bool = False
    unwanted: int = 0


def advance(tx: Transaction, backfill_id: UUID, step: int, *, live_waiting: int = 0) -> Step | None:
    """Take one step of a backfill.

    Everything is in this one transaction, with the messages the caller sends in it: whoever is
    killed has taken the step or has not.

    Args:
        tx: The transaction; it locks the backfill until it ends.
        backfill_id: The backfill.
        step: The number of the step.
        live_waiting: How many messages wait for a worker where live captures do.

    Returns:
        What was done; None: that step was taken before, or an operator's word overtook it.
    """
    found = backfills.lock(tx, backfill_id)
    if found is None or found.step != step:
        return None
    found, settled = _reap(tx, found)
    (in_flight,) = tx.row(_IN_FLIGHT, {"id": found.id}) or (0,)
    standing = _standing(found, in_flight, live_waiting)
    state, reason = BackfillState(found.state), None
    free, walk = 0, _Walk((found.cursor_moment, found.cursor_id), exhausted=found.exhausted)
    if state is BackfillState.RUNNING and not found.exhausted:
        reason = stop(found.throttle, standing)
        if reason is not None:
            state = BackfillState.PAUSED
        else:
            free = room(found.throttle, standing)
            walk = _walk(tx, found, free)
    left = in_flight + len(walk.fed)
    if state is BackfillState.RUNNING and walk.exhausted and left == 0:
        state = BackfillState.COMPLETED
    seconds = (found.now - found.stepped_at).total_seconds() if found.stepped_at else 0.0
    wait = pause(
        found.throttle,
        settled=settled,
        seconds=seconds,
        held=walk.exhausted or free < found.max_in_flight - in_flight,
    )
    if len(walk.fed) < free and not walk.exhausted:
        wait = SHORTEST_PAUSE  # all it looked at was done already: look on
    over = left == 0 and state is not BackfillState.RUNNING
    _write(tx, found, walk, standing, state=state, reason=reason, wait=None if over else wait)
    return Step(walk.fed, None if over else step + 1, wait, state)


def _reap(tx: Transaction, found: Backfill) -> tuple[Backfill, int]:
    """Count what is over since the last step; return the new counts, and how many were over."""
    failures = Counter(found.failures)
    outcomes: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for state, error_class, captures, *paid in tx.rows(_REAP, {"id": found.id}):
        outcomes[state] += captures
        sums.update(dict(zip(_PAID, paid, strict=True)))
        if state == "failed":
            failures[error_class] += captures
    counted = found._replace(
        completed=found.completed + outcomes["completed"],
        failed=found.failed + outcomes["failed"],
        skipped=found.skipped + outcomes["skipped"],
        cost_microdollars=found.cost_microdollars + sums["cost_microdollars"],
        input_tokens=found.input_tokens + sums["input_tokens"],
        output_tokens=found.output_tokens + sums["output_tokens"],
        unpriced=found.unpriced + sums["unpriced"],
        failures=dict(failures),
    )
    return counted, outcomes.total()


def _standing(found: Backfill, in_flight: int, live_waiting: int) -> Standing:
    return Standing(
        now=found.now,
        in_flight=in_flight,
        settled=found.completed + found.failed + found.skipped,
        cost=found.cost_microdollars,
        expected_cost=found.expected_cost,
        unpriced=found.unpriced,
        rate_used_until=found.rate_used_until,
        live_waiting=live_waiting,
    )


def _walk(tx: Transaction, found: Backfill, free: int) -> _Walk:
    """Feed up to so many captures, from the cursor on."""
    walk = _Walk((found.cursor_moment, found.cursor_id))
    for _ in range(PAGES):
        if walk.exhausted or len(walk.fed) >= free:
            break
        walk = _page(tx, found, walk, free - len(walk.fed))
    return walk


def _page(tx: Transaction, found: Backfill, walk: _Walk, free: int) -> _Walk:
    moment, capture_id = walk.cursor
    rows = tx.rows(_CANDIDATES, found.scope | {"moment": moment, "id": capture_id, "limit": PAGE})
    rows.sort(key=lambda row: row[:2], reverse=not found.oldest_first)
    seen: list[tuple[datetime, UUID]] = []
    wanted: list[tuple[datetime, UUID]] = []
    for taken_at, candidate, is_wanted, *_ in rows:
        if is_wanted:
            if len(wanted) == free:
                break
            wanted.append((taken_at, candidate))
        seen.append((taken_at, candidate))
    if found.listed:
        tx.execute(_UNLIST, {"id": found.id, "ids": [each for _, each in seen]})
    ours = _feed(tx, found, wanted)
    unwanted = len(wanted) - len(ours) + (len(seen) - len(wanted) if found.listed else 0)
    return replace(
        walk,
        cursor=seen[-1] if seen else walk.cursor,
        fed=walk.fed + tuple(each for _, each in wanted if each in ours),
        exhausted=len(seen) == len(rows) < PAGE,
        unwanted=walk.unwanted + unwanted,
    )


def _feed(tx: Transaction, found: Backfill, wanted: list[tuple[datetime, UUID]]) -> set[UUID]:
    if not wanted:
        return set()
    parameters = {
        "id": found.id,
        "organization_id": found.organization_id,
        "ids": [each for _, each in wanted],
        "moments": [moment for moment, _ in wanted],
    }
    ours = {row[0] for row in tx.rows(_FEED, parameters)}
    if ours and found.which == Which.FAILED:
        run = {"organization_id": found.organization_id, "ids": list(ours), "by": HAND}
        tx.execute(_RERUN, run)
    return ours


def _write(
    tx: Transaction,
    found: Backfill,
    walk: _Walk,
    standing: Standing,
    *,
    state: BackfillState,
    reason: Stop | None,
    wait: float | None,
) -> None:
    moment, capture_id = walk.cursor
    fed = found.fed + len(walk.fed)
    total = fed if state is BackfillState.COMPLETED else max(found.total - walk.unwanted, fed)
    parameters: dict[str, Any] = found._asdict() | {
        "pause": wait,
        "state": state,
        "state_reason": reason,
        "cursor_moment": moment,
        "cursor_id": capture_id,
        "exhausted": walk.exhausted,
        "rate_used_until": rate_used(found.throttle, standing, len(walk.fed)),
        "total": total,
        "fed": fed,
        "failures": Jsonb(found.failures),
    }
    tx.execute(_ADVANCE, parameters)
    if state != found.state:
        backfills.note(
            tx, found.id, found.organization_id, by=HAND, change=state, detail=reason or ""
        )
