"""Takes messages back from workers that died. Any process does it; there is no leader."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from .background import Background
from .settler import by_owner, tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from .claimed import ClaimedMessage
    from .database import Database
    from .heart import Pulse, Surroundings

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # at the pids of neighbours: a read of /proc, no query
SWEEP_SECONDS = 30.0  # for leases whose owner is gone for whatever reason


class Rescuer:
    """Ends the leases of the dead: of neighbours at once, of strangers after their last heartbeat.

    Args:
        database: Where.
        pulse: When silence means death.
        surroundings: What the last heartbeat told of the others.
        max_deliveries: After how many deaths in a row a message is dead itself.
        rescued: Called when messages became ready.
    """

    def __init__(
        self,
        database: Database,
        pulse: Pulse,
        *,
        surroundings: Callable[[], Surroundings],
        max_deliveries: int,
        rescued: Callable[[], None],
    ) -> None:
        self._database = database
        self._pulse = pulse
        self._surroundings = surroundings
        self._max_deliveries = max_deliveries
        self._rescued = rescued
        self._swept_at = -SWEEP_SECONDS
        self._given_up: list[ClaimedMessage] = []
        self._thread = Background("broker-rescuer", self.run_once)

    def start(self) -> None:
        """Start looking after the others."""
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Stop looking."""
        self._thread.stop()
        return self._thread.join(timeout)

    def give_up(self, message: ClaimedMessage) -> None:
        """Have a message taken from a thread of this process that will not come back.

        Returns at once; safe to call from any thread.
        """
        message.lost = True
        self._given_up.append(message)
        self._thread.wake()

    def run_once(self) -> float:
        """Look at our own lost threads and at the neighbours, and sweep when there is reason to."""
        self._surrender()
        around = self._surroundings()
        gone = [id_ for id_, process in around.neighbours if process.is_gone()]
        buried = self._bury("depart", {"ids": gone}) if gone else 0
        if around.anybody_overdue:
            buried += self._bury("bury_overdue", {"dead_after": self._pulse.dead_after})
        if buried or time.monotonic() - self._swept_at >= SWEEP_SECONDS:
            self.sweep()
            self._swept_at = time.monotonic()
        return LOOK_SECONDS

    def sweep(self) -> tuple[int, int]:
        """End every orphaned lease.

        Returns:
            How many messages became ready, and how many died.
        """
        owners: list[UUID] = [row[0] for row in self._database.run("orphaned_owners", {})]
        ready = dead = 0
        while owners:
            ((rescued, buried),) = self._database.run(
                "rescue", {"owners": owners, "max_deliveries": self._max_deliveries}
            )
            if not rescued and not buried:
                break
            ready, dead = ready + rescued, dead + buried
        if ready or dead:
            logger.warning("rescued %d messages of dead workers, %d died", ready, dead)
            self._rescued()
        return ready, dead

    def _surrender(self) -> None:
        messages = list(self._given_up)
        if messages:
            for mine in by_owner(messages):
                self._database.run(
                    "surrender", tokens(mine) | {"max_deliveries": self._max_deliveries}
                )
            del self._given_up[: len(messages)]
            self._rescued()

    def _bury(self, name: str, parameters: dict[str, Any]) -> int:
        return len(self._database.run(name, parameters))
