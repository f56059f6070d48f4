"""Keeps this process's row in the worker table fresh, and with it every lease it holds."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from .background import Background
from .identity import ProcessIdentity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .database import Database
    from .recall import Recall

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How often a worker says it is alive, and when silence means it is dead.

    Attributes:
        interval: Seconds between heartbeats.
        dead_after: Seconds of silence after which its leases are given to others.
    """

    interval: float = 5.0
    dead_after: float = 18.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a heartbeat told of others: processes on this machine, and whether any is overdue."""

    neighbours: tuple[tuple[UUID, ProcessIdentity], ...] = ()
    anybody_overdue: bool = False


class Heart:
    """Registers the process as a worker and keeps it alive until it departs.

    A process that slept through its own burial (SIGSTOP, a suspended machine) notices at its next
    beat: it takes a new id, and everything it held under the old one is lost.

    Args:
        database: Where.
        pulse: How often.
        version: What to show as the worker's version.
        served: Tells the queues it serves.
        threads: Tells how many worker threads it has.
        registered: Called when there is an id to claim under.
        recall: Told what is taken back from this process.
        limited: Told with each beat which queues' limits hold instead of this process's own.
    """

    def __init__(
        self,
        database: Database,
        pulse: Pulse,
        *,
        version: str,
        served: Callable[[], list[str]],
        threads: Callable[[], int],
        registered: Callable[[], None],
        recall: Recall,
        limited: Callable[[Mapping[str, int]], None],
    ) -> None:
        self._database = database
        self._pulse = pulse
        self._version = version
        self._served = served
        self._threads = threads
        self._tell_registered = registered
        self._recall = recall
        self._limited = limited
        self._identity = ProcessIdentity.current()
        self._id = uuid4()
        self._registered = threading.Event()
        self._heard = False  # under this id: what holds for whoever claims
        self._beat_at = time.monotonic()
        self.draining = False
        self.surroundings = Surroundings()
        self._thread = Background("broker-heartbeat", self.run_once)

    @property
    def owner(self) -> UUID | None:
        """The id to claim under; None while unregistered, or while we may be thought dead."""
        return self._id if self._heard and self.is_fresh() else None

    def is_fresh(self) -> bool:
        """Tell whether the last heartbeat is recent enough that nobody can think us dead."""
        return time.monotonic() - self._beat_at < self._pulse.dead_after

    def start(self) -> None:
        """Start beating."""
        self._thread.start()

    def wake(self) -> None:
        """Beat now."""
        self._thread.wake()

    def stop(self, timeout: float) -> bool:
        """Stop beating and leave the worker table; what is still held becomes an orphan."""
        self._thread.stop()
        stopped = self._thread.join(timeout)
        if self._registered.is_set():
            self._database.run("depart", {"ids": [self._id]})
            self._registered.clear()
            self._heard = False
        return stopped

    def run_once(self) -> float:
        """Beat once; register first if need be."""
        if not self._registered.is_set():
            self._register()
        asked_at = time.monotonic()
        (row,) = self._database.run(
            "beat",
            {
                "id": self._id,
                "queues": self._served(),
                "threads": self._threads(),
                "draining": self.draining,
                "dead_after": self._pulse.dead_after,
                "boot_id": self._identity.boot_id,
                "pid_space": self._identity.pid_space,
            },
        )
        known, overdue, neighbours, aborted, astray, limits, drain = row
        if not known:
            self._start_over()
            return 0.0
        self._beat_at = asked_at
        here = self._identity
        self.surroundings = Surroundings(
            tuple(
                (UUID(id_), ProcessIdentity(here.host, here.boot_id, here.pid_space, pid, start))
                for id_, pid, start in neighbours
            ),
            overdue,
        )
        self._limited(limits)
        if not self._heard:
            self._heard = True
            self._tell_registered()
        if aborted or astray:
            self._recall.heed(self._id, dict(aborted), astray=astray)
        if drain and not self.draining:
            self._recall.leave()
        return self._pulse.interval

    def _register(self) -> None:
        self._database.run(
            "register",
            asdict(self._identity)
            | {
                "id": self._id,
                "version": self._version,
                "queues": self._served(),
                "threads": self._threads(),
            },
        )
        self._registered.set()

    def _start_over(self) -> None:
        self._heard = False
        old, self._id = self._id, uuid4()
        self._registered.clear()
        logger.warning("this worker was declared dead while it slept; what it held is refused")
        self._recall.lose(old)
