"""What is known of a queue, a message or a capture, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scout_workers.app.whereabouts import DeadMessage, Whereabouts
    from scout_workers.oncall.overview import QueueLine, WorkerLine
    from scout_workers.store.costs import Deferred
    from scout_workers.store.gates import Gate
    from scout_workers.store.switches import Pause
    from scout_workers.store.why import CaptureStanding


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """A queue.

    Attributes:
        line: What it holds and what was said of it.
        alive: How many workers take messages, whatever they serve.
        draining: How many are alive, and on their way out.
        known: Whether the settings name it; else no worker of these settings ever serves it.
        deferred: Why analyses are deferred, for a queue of analyses.
        history: The pause of all history, where this is the queue of history.
    """

    line: QueueLine
    alive: int
    draining: int = 0
    known: bool = True
    deferred: list[Deferred] = field(default_factory=list)
    history: Pause | None = None


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """A message, by whatever name it was asked for.

    Attributes:
        where: Where it is; None: it neither waits nor is under way.
        queue: Its queue; None: it is not in one.
        dead: What became of it; None: it is not among the dead.
        worker: Who has it; None: nobody, or nobody who is still there.
        limit_seconds: How long a message may take.
        error: What it was last put off or tried again for, in words; empty: nobody wrote it down.
    """

    name: str
    where: Whereabouts | None = None
    queue: QueueFacts | None = None
    dead: DeadMessage | None = None
    worker: WorkerLine | None = None
    limit_seconds: float = 150.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """A capture.

    Attributes:
        standing: How it stands in the store.
        message: The message that asks for it; None: none was found.
        pauses: Those that stop it: of its organization, its camera, its provider, of history.
        gate: Of the model it asks, if it is closed.
    """

    standing: CaptureStanding
    message: MessageFacts | None = None
    pauses: list[Pause] = field(default_factory=list)
    gate: Gate | None = None
