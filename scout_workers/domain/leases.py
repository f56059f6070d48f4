"""Lease tokens: who may write the outcome of a piece of work, and whom a newer claim fences off.

A token is `row:attempt:owner:message` where our broker delivered the message, and anything else
that nobody can have twice where another broker did.
"""

from __future__ import annotations

_PARTS = 4


class LeaseLostError(Exception):
    """Somebody else holds the work by now: nothing of it was written, and nothing needs to be."""


def token(row: int, attempt: int, owner: object, message_id: str) -> str:
    """Compose the token of one claim: of a row of the broker's table, for the nth time.

    Args:
        row: The row's number.
        attempt: How often it has been claimed; it never goes back.
        owner: The process that claimed it.
        message_id: Dramatiq's id, which the row keeps for its whole life: should the broker's
            tables ever be made anew, an old row's number means nothing in them.
    """
    return f"{row}:{attempt}:{owner}:{message_id}"


def supersedes(newer: str, older: str) -> bool:
    """Whether the claim `newer` can only exist because the claim `older` is over.

    True only for two claims of the same row, the newer one with the higher attempt. The broker
    gives a row out again in two cases alone: the earlier claim was settled (a retry, a release),
    or its process was found dead or silent past its lease and the row was rescued. In the first
    nobody is at work any more. In the second somebody may be, stopped or cut off from the
    database; but whatever that claim writes, it writes under its own token, which is not the
    current one.

    Different rows say nothing of each other: two messages for one capture are both alive.
    """
    new, old = newer.split(":"), older.split(":")
    if len(new) != _PARTS or len(old) != _PARTS or not (new[1].isdigit() and old[1].isdigit()):
        return False
    return (new[0], new[3]) == (old[0], old[3]) and int(new[1]) > int(old[1])


def belongs_to(lease_token: str, message_id: str) -> bool:
    """Whether a token is of some claim of this message."""
    parts = lease_token.split(":")
    return len(parts) == _PARTS and parts[3] == message_id


def row_of(lease_token: str) -> int | None:
    """The number of the row a token is of; None where our broker did not deliver the message."""
    parts = lease_token.split(":")
    return int(parts[0]) if len(parts) == _PARTS and parts[0].isdigit() else None
