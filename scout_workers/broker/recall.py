"""Takes messages back from the threads of this process: those lost, and those to be ended."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    from .claimed import ClaimedMessage
    from .database import Database
    from .slots import Slots

logger = logging.getLogger(__name__)

Listener: TypeAlias = "Callable[[ClaimedMessage], None]"

ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told, from the heartbeat's thread, of messages taken back; they must not block.

    Attributes:
        lost: Told of each message this process learned it no longer holds.
        aborted: Told of each message a thread works on and somebody wants ended; with every
            heartbeat again until it has ended.
        drain: Told that somebody wants this process to finish what it has and leave; with every
            heartbeat again until it is on its way.
    """

    lost: list[Listener] = field(default_factory=list)
    aborted: list[Listener] = field(default_factory=list)
    drain: list[Callable[[], None]] = field(default_factory=list)


class Recall:
    """Hears with the heartbeat what this process must not go on with, and passes it on.

    Args:
        database: Where.
        slots: What this process holds.
        listeners: Who can stop the threads at work.
        settle: Has the end of a message nobody began written down.
    """

    def __init__(
        self,
        database: Database,
        slots: Slots,
        listeners: Listeners,
        *,
        settle: Callable[[ClaimedMessage], None],
    ) -> None:
        self._database = database
        self._slots = slots
        self._listeners = listeners
        self._settle = settle
        self._lock = threading.Lock()

    def lose(self, owner: UUID) -> None:
        """Give up all that was held under an id this process no longer has."""
        for message in self._slots.held():
            if message.lease.owner == owner:
                message.lost = True
                if message.started:
                    logger.warning("message %s is another worker's by now", message.message_id)
                _tell(self._listeners.lost, message)

    def heed(self, owner: UUID, aborted: Mapping[int, int], *, astray: bool) -> None:
        """End what somebody wants ended.

        Args:
            owner: The id of this process.
            aborted: Which of its messages: their rows' ids, and the attempt each is held under.
            astray: Whether there are requests for messages no worker has.

        Raises:
            BrokerUnavailableError: The server could not be reached.
        """
        for message in self._slots.held():
            lease = message.lease
            if lease.owner == owner and aborted.get(lease.id) == lease.attempt:
                self._abort(message)
        if astray:
            self._database.run("abort_astray", {})

    def leave(self) -> None:
        """Pass on that this process is to leave, to whoever can have it do so."""
        if not self._listeners.drain:
            logger.warning("this worker is asked to leave, and nobody here knows how it could")
        for listener in self._listeners.drain:
            listener()

    def skip(self, message: ClaimedMessage) -> None:
        """Have an aborted message die with its thread's help, if it did not die without."""
        with self._lock:
            if not message.outcome.dead:
                _note(message)
                message.fail()

    def _abort(self, message: ClaimedMessage) -> None:
        if not message.aborted:
            logger.warning("message %s is aborted: somebody asked for it", message.lease)
        message.aborted = True
        with self._lock:
            waits = not message.started and not message.outcome.dead
            if waits:
                message.outcome.dead = True
                _note(message)
        if waits:
            self._settle(message)
        else:
            _tell(self._listeners.aborted, message)


def _note(message: ClaimedMessage) -> None:
    message.outcome.reason = ABORTED
    message.outcome.error = "aborted before a thread began with it"


def _tell(listeners: Iterable[Listener], message: ClaimedMessage) -> None:
    for listener in listeners:
        try:
            listener(message)
        except Exception:
            logger.exception("a listener failed; the others are told of %s", message.lease)
