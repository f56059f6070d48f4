"""A backfill is begun, paused, resumed: a word in its row, and its next step's message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scout_workers import messages
from scout_workers.domain.backfills import BackfillState
from scout_workers.store import backfill_reports, backfills

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.backfilling.surveying import Survey
    from scout_workers.domain.backfills import Selection, Throttle

_LISTED_AT_ONCE = 2000

OVERDUE_SECONDS = 30.0
"""A step this long overdue is sent for once more."""


class Begun(NamedTuple):
    """A backfill that runs now, or the one of the same selection that was there already.

    Attributes:
        id: Its id.
        state: As it is now.
        new: Whether this call began it.
    """

    id: UUID
    state: BackfillState
    new: bool


def begin(
    app: App,
    selection: Selection,
    survey: Survey,
    throttle: Throttle,
    *,
    wish: str,
    by: str,
    expected_cost: int = 0,
    oldest_first: bool = False,
    start: bool = True,
) -> Begun:
    """Begin a backfill; one of the same selection that is active already is left as it is.

    May be killed at any moment and called again: what it had planned is found and gone on with.

    Args:
        app: The program.
        selection: Of which captures.
        survey: What they are.
        throttle: What holds it back.
        wish: The selection in words.
        by: Who wants it.
        expected_cost: What one capture is thought to cost, in millionths of a dollar.
        oldest_first: Begin with the oldest.
        start: Start it; False: only plan it.
    """
    with app.store.transaction() as tx:
        backfill_id, _ = backfills.plan(
            tx,
            selection,
            throttle,
            wish=wish,
            by=by,
            total=survey.wanted,
            expected_cost=expected_cost,
            oldest_first=oldest_first,
        )
    for part in _parts(survey.chosen):
        with app.store.transaction() as tx:
            backfills.list_captures(tx, backfill_id, part)
    with app.store.transaction() as tx:
        found = backfills.lock(tx, backfill_id)
        assert found is not None  # backfills are never deleted
        state = BackfillState(found.state)
        if not start or state is not BackfillState.PLANNED:
            return Begun(backfill_id, state, new=False)
        _send(tx, backfill_id, backfills.start(tx, backfill_id, by=by))
    return Begun(backfill_id, BackfillState.RUNNING, new=True)


def resume(app: App, backfill_id: UUID, *, by: str, throttle: dict[str, Any]) -> None:
    """Start a backfill that is planned or paused, or change what holds back one that runs.

    Args:
        app: The program.
        backfill_id: The backfill.
        by: Who says so.
        throttle: The fields of `Throttle` that are to be other ones from now on.

    Raises:
        BackfillOverError: It is completed or cancelled.
    """
    with app.store.transaction() as tx:
        _send(tx, backfill_id, backfills.start(tx, backfill_id, by=by, throttle=throttle))


def halt(app: App, backfill_id: UUID, state: BackfillState, *, by: str) -> None:
    """Pause or cancel a backfill; what is in flight ends by itself, and is counted.

    Raises:
        BackfillOverError: It is completed or cancelled.
    """
    with app.store.transaction() as tx:
        _send(tx, backfill_id, backfills.halt(tx, backfill_id, state, by=by))


def revive(app: App, backfill_id: UUID) -> bool:
    """Send for a backfill's next step once more, if it is long overdue; return whether it was."""
    with app.store.transaction() as tx:
        lines = backfill_reports.lines(tx, backfill_id=backfill_id)
        overdue = lines[0].overdue_seconds if lines else None
        if overdue is None or overdue < OVERDUE_SECONDS:
            return False
        _send(tx, backfill_id, lines[0].step)
    return True


def _send(tx: messages.OpenTransaction, backfill_id: UUID, step: int) -> None:
    messages.advance_backfill(backfill_id, step).send(tx)


def _parts(
    chosen: Sequence[tuple[datetime, UUID]],
) -> Iterator[Sequence[tuple[datetime, UUID]]]:
    for start in range(0, len(chosen), _LISTED_AT_ONCE):
        yield chosen[start : start + _LISTED_AT_ONCE]
