"""Where one message is, as far as the broker is ours to look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.broker import (
    COUNTED_TO,
    DeadMessage,
    PostgresBroker,
    Whereabouts,
    Which,
    find,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.app.app import App

__all__ = ["DeadMessage", "Whereabouts", "dead", "message"]


def message(
    app: App,
    *,
    row: int | None = None,
    message_id: str | None = None,
    within: str | None = None,
    queues: Sequence[str] = (),
) -> Whereabouts | None:
    """Find a message that waits or is under way: by its row, its id, or a text in its contents.

    Returns:
        None: there is no such one, or the broker keeps its messages elsewhere.

    Raises:
        BrokerError: The tables are not there, or the server could not be reached.
    """
    broker = app.broker
    if not isinstance(broker, PostgresBroker):
        return None
    return find(
        broker.outbox.database,
        row=row,
        message_id=message_id,
        within=within,
        queues=queues,
        most=COUNTED_TO,
    )


def dead(app: App, *, row: int | None = None, message_id: str | None = None) -> DeadMessage | None:
    """Find a dead message by its row or its id; None as for one that lives.

    Raises:
        BrokerError: The tables are not there, or the server could not be reached.
    """
    broker = app.broker
    if not isinstance(broker, PostgresBroker):
        return None
    ids = None if row is None else [row]
    found = broker.dead.find(Which(ids=ids, message_id=message_id), most=1)
    return found[0] if found else None
