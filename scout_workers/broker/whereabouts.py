"""Where one message is, and what is known of it: for a person who wonders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dramatiq import Message
from dramatiq.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from .database import Database

LOOKED_THROUGH = 200_000
"""So many messages' contents are looked through for what they are for, and no more."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A message that waits or is under way.

    Attributes:
        state: "ready", "scheduled" or "leased".
        attempt: How often it was claimed.
        rescues: How often in a row its worker was lost.
        due_in_seconds: Until it may be claimed; negative: since when it may.
        age_seconds: Since it was sent.
        leased_seconds: Since it was claimed; None: it is not.
        owner: Who claimed it; None: nobody.
        to_be_aborted: Whether somebody wants it ended.
        retries: How often it was tried again after an error.
        deferrals: How often it was put off without one.
        ahead: How many are before it in its queue, counted no further than a glance counts.
    """

    row: int
    message_id: str
    queue: str
    actor: str
    state: str
    attempt: int
    rescues: int
    due_in_seconds: float
    age_seconds: float
    leased_seconds: float | None
    owner: UUID | None
    to_be_aborted: bool
    retries: int
    deferrals: int
    ahead: int


def find(
    database: Database,
    *,
    row: int | None = None,
    message_id: str | None = None,
    within: str | None = None,
    queues: Sequence[str] = (),
    most: int,
) -> Whereabouts | None:
    """Find a message by its row, by Dramatiq's id, or by a text its payload has in it.

    Args:
        database: Where.
        row: Its row's number.
        message_id: Dramatiq's id; reads the table.
        within: The text, searched for in the first `LOOKED_THROUGH` messages of the queues.
        queues: Where the text is searched for.
        most: How far to count who is before it.

    Raises:
        BrokerUnavailableError: The server could not be reached.
    """
    asked = {
        "row": row,
        "message_id": message_id,
        "within": within,
        "queues": list(queues),
        "most": LOOKED_THROUGH,
    }
    found = database.run("whereabouts", asked)
    if not found:
        return None
    number, id_, queue, actor, state, attempt, rescues, priority, seq, *_ = found[0]
    due, age, leased, owner, to_be_aborted, payload = found[0][9:]
    ahead = 0
    if state == "ready":
        place = {"queue": queue, "priority": priority, "seq": seq, "most": most}
        ((ahead,),) = database.run("ahead", place)
    options = _options(payload)
    return Whereabouts(
        row=number,
        message_id=id_,
        queue=queue,
        actor=actor,
        state=state,
        attempt=attempt,
        rescues=rescues,
        due_in_seconds=due,
        age_seconds=age,
        leased_seconds=leased,
        owner=owner,
        to_be_aborted=to_be_aborted,
        retries=options.get("retries", 0),
        deferrals=options.get("deferrals", 0),
        ahead=ahead,
    )


def _options(payload: bytes) -> dict[str, Any]:
    try:
        message: Message[Any] = Message.decode(payload)
    except DecodeError:
        return {}  # what it is worth is found out when it is claimed
    return message.options
