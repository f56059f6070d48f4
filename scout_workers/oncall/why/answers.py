"""An answer: where it stands, in a word and in a sentence, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scout_workers.oncall import pauses

if TYPE_CHECKING:
    from scout_workers.store.switches import Pause


class State(StrEnum):
    """Where it stands, in a word."""

    # Over.
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    DEAD = "dead"
    POISONED = "poisoned"
    ABORTED = "aborted"
    UNREADABLE = "unreadable"
    # Held back.
    PAUSED = "paused"
    GATE = "gate"
    BUDGET = "budget"
    NO_WORKER = "no_worker"
    LIMIT = "limit"
    # On its way.
    UNDER_WAY = "under_way"
    LOST = "lost"
    SCHEDULED = "scheduled"
    RETRY = "retry"
    DEFERRED = "deferred"
    BEHIND = "behind"
    NEXT = "next"
    MOVES = "moves"
    EMPTY = "empty"
    # Nobody asked.
    NOT_ASKED = "not_asked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """Why it has not happened yet.

    Attributes:
        sentence: Whole, for a person.
        remedy: A command, or what to do in words; empty: nothing needs to be done.
    """

    state: State
    sentence: str
    remedy: str = ""


def paused(pause: Pause) -> Answer:
    """Say that a pause is why, and how it is ended."""
    return Answer(
        State.PAUSED, f"{pauses.what(pause)} is {pauses.why(pause)}", pauses.command(pause)
    )
