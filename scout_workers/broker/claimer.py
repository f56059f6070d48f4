"""Claims messages: one thread and one statement for all queues of the process."""

from __future__ import annotations

import logging
import random
from collections import Counter
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from .background import Background
from .claimed import ClaimedMessage, Lease
from .hints import Hints
from .slots import RAMP_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from .database import Database
    from .pool import Connection
    from .slots import Slots

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Polling:
    """How often to look when there is nothing to do.

    Attributes:
        interval: Seconds after which an idle process looks again.
        longest: Seconds to which the interval grows while nothing is found.
    """

    interval: float = 0.25
    longest: float = 2.0


class Claimer:
    """Keeps the process's slots filled.

    Args:
        database: Where.
        slots: How much may be claimed.
        owner: Tells under which worker id to claim, or None while there is none.
        deliver: Takes claimed messages to their consumers.
        shed: Gives back so many messages of a queue that nobody has begun.
        polling: How often to look.
        priorities: Tells the priorities messages are sent with.
    """

    def __init__(
        self,
        database: Database,
        slots: Slots,
        *,
        priorities: Callable[[], Iterable[int]],
        owner: Callable[[], UUID | None],
        deliver: Callable[[Sequence[ClaimedMessage]], None],
        shed: Callable[[str, int], None],
        polling: Polling,
    ) -> None:
        self._database = database
        self._slots = slots
        self._owner = owner
        self._deliver = deliver
        self._shed = shed
        self._polling = polling
        self._hints = Hints(priorities)
        self._idle_rounds = 0
        # Queues whose last claim may have left messages behind, though they may be full by now.
        self._hungry: set[str] = set()
        self._in_doubt = False  # the last claim's reply was lost
        self._thread = Background("broker-claimer", self.run_once)

    def start(self) -> None:
        """Start claiming."""
        self._thread.start()

    def wake(self) -> None:
        """Look now: something was enqueued here."""
        self._idle_rounds = 0
        self._hungry.update(self._slots.served())
        self._thread.wake()

    def slots_freed(self, queues: Iterable[str]) -> None:
        """Look now if the last claim from one of these took all it could: there may be more."""
        if not self._hungry.isdisjoint(queues):
            self._thread.wake()

    def stop(self, timeout: float) -> bool:
        """Claim nothing more once this returns True."""
        self._thread.stop()
        return self._thread.join(timeout)

    def run_once(self) -> float | None:
        """Claim once; return the seconds until the next look."""
        owner = self._owner()
        wanted = self._slots.wanted()
        for queue, count in self._slots.surplus().items():
            self._shed(queue, count)
        if owner is None or not wanted:
            return self._until_there_is_room()
        if self._in_doubt:
            self._disown(owner)
        claimed, due_in = self._claim(owner, wanted)
        taken = Counter(message.queue for message in claimed)
        for queue, asked in wanted.items():
            # A queue that was full just now was not asked, and stays as hungry as it was.
            (self._hungry.add if taken[queue] == asked else self._hungry.discard)(queue)
        self._idle_rounds = 0 if claimed else self._idle_rounds + 1
        if due_in is not None and due_in <= 0:
            self._database.run("promote", {})
            return 0.0
        if self._hungry and not self._hungry.isdisjoint(self._slots.wanted()):
            return 0.0
        pause = self._pause()
        if self._hungry:
            pause = min(pause, self._until_there_is_room())
        return pause if due_in is None else min(pause, due_in)

    def _until_there_is_room(self) -> float:
        # A freed slot wakes us; one that the ramp opens does not.
        return RAMP_SECONDS if self._slots.ramping() else self._polling.interval

    def _pause(self) -> float:
        # Back off while idle, with jitter so that many processes do not look in step.
        grown = self._polling.interval * 1.5 ** max(0, self._idle_rounds - 4)
        return min(grown, self._polling.longest) * random.uniform(0.85, 1.0)  # noqa: S311 (jitter)

    def _claim(
        self, owner: UUID, wanted: dict[str, int]
    ) -> tuple[list[ClaimedMessage], float | None]:
        self._in_doubt = True
        parameters = {"owner": owner} | asdict(self._hints.ranges(wanted))
        rows = self._database.once(
            lambda connection: self._database.run("claim", parameters, on=connection),
            trusting=True,
        )
        due_in, limited = rows[0][:2]
        for queue in limited:
            rows += self._claim_limited(owner, queue, wanted[queue])
        claimed = [
            ClaimedMessage(
                Lease(id_, attempt, owner), queue, priority, seq, rescues=rescues, payload=payload
            )
            for _, _, id_, attempt, queue, priority, seq, rescues, payload in rows
            if id_ is not None
        ]
        # UPDATE … RETURNING promises no order.
        claimed.sort(key=attrgetter("priority", "seq"))
        self._hints.note(claimed)
        self._slots.take(claimed)
        self._in_doubt = False
        self._deliver(claimed)
        return claimed, due_in

    def _claim_limited(self, owner: UUID, queue: str, slots: int) -> list[tuple[Any, ...]]:
        parameters = {"owner": owner, "queue": queue, "slots": slots}

        def locked(connection: Connection) -> list[tuple[Any, ...]]:
            with connection.transaction():
                ((mine,),) = self._database.run("limit_lock", parameters, on=connection)
                if not mine:
                    return []
                return self._database.run("claim_limited", parameters, on=connection)

        return self._database.once(locked)

    def _disown(self, owner: UUID) -> None:
        known = [message.lease.id for message in self._slots.held()]
        self._database.run("disown", {"owner": owner, "known": known})
        self._in_doubt = False
