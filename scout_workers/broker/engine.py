"""What runs inside a worker process: claimer, settler, heart, rescuer and pruner."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from .claimer import Claimer
from .errors import BrokerUnavailableError
from .heart import Heart
from .inboxes import Inboxes
from .pruner import Pruner
from .recall import Recall
from .rescuer import Rescuer
from .settler import Settler, by_owner, tokens
from .slots import Slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .claimed import ClaimedMessage
    from .database import Database
    from .inboxes import Inbox
    from .options import EngineOptions
    from .recall import Listeners

logger = logging.getLogger(__name__)

STOP_SECONDS = 10.0


class Engine:
    """The broker's working parts in one process.

    Args:
        database: Where.
        options: How.
        priorities: Tells the priorities messages are sent with.
        listeners: Told of the messages that are taken back from this process.
        take_back: Takes the last unbegun messages of a queue out of the workers' hands.
        signal: Whether messages written here wake the claimer here.
    """

    def __init__(
        self,
        database: Database,
        options: EngineOptions,
        *,
        priorities: Callable[[], Iterable[int]],
        listeners: Listeners,
        take_back: Callable[[str, int], Iterable[ClaimedMessage]],
        signal: bool,
    ) -> None:
        self._database = database
        self._signal = signal
        self._take_back = take_back
        self.slots = Slots(options.concurrency)
        self.stale = 0
        self._lock = threading.Lock()
        self._inboxes = Inboxes()
        self._running = False
        self._threads = 1
        self._settler = Settler(database, self._settled)
        self.recall = Recall(database, self.slots, listeners, settle=self.settle)
        self._claimer = Claimer(
            database,
            self.slots,
            owner=lambda: self._heart.owner,
            deliver=self._deliver,
            shed=self._shed,
            polling=options.polling,
            priorities=priorities,
        )
        self._heart = Heart(
            database,
            options.pulse,
            version=options.version,
            served=self.slots.served,
            threads=lambda: self._threads,
            registered=self._claimer.wake,
            recall=self.recall,
            limited=self._limited,
        )
        self._rescuer = Rescuer(
            database,
            options.pulse,
            surroundings=lambda: self._heart.surroundings,
            max_deliveries=options.max_deliveries,
            rescued=self._claimer.wake,
        )
        self._pruner = Pruner(database, keep_dead=options.keep_dead)

    def size(self, threads: int) -> None:
        """Tell how many worker threads there are."""
        self._threads = threads
        self.slots.size(threads)

    def serve(self, queue: str, most: int | None = None) -> Inbox:
        """Claim from a queue for one more consumer.

        Args:
            queue: Its name.
            most: The most messages of it this process is to hold, if the consumer has a wish.

        Returns:
            Where its messages arrive.
        """
        with self._lock:
            inbox = self._inboxes.open(queue)
            self.slots.serve(queue, most)
            if not self._running:
                self._running = True
                parts = (self._settler, self._heart, self._claimer, self._rescuer, self._pruner)
                for part in parts:
                    part.start()
        self._heart.wake()
        self._claimer.wake()
        return inbox

    def leave(self, queue: str) -> None:
        """Claim for one consumer less; after the last, what nobody took is given back."""
        with self._lock:
            left = self._inboxes.close(queue)
            if left is None:
                return
            self.slots.leave(queue)
        self._give_back(left)

    def beat(self) -> None:
        """Ask now what is wanted of this process, and not with the next heartbeat."""
        self._heart.wake()

    def wake(self) -> None:
        """Look for messages now, if the signal is on: some were written here."""
        if self._signal:
            self._claimer.wake()

    def still_holds(self, message: ClaimedMessage) -> bool:
        """Tell whether the lease can be relied on, as far as this process can know.

        A process that slept longer than its lease may wake with a message in its hands that is
        somebody else's by now: until a heartbeat has said otherwise, nothing new is begun.
        """
        return not message.lost and self._heart.is_fresh()

    def settle(self, message: ClaimedMessage) -> None:
        """Have a message's outcome written down."""
        self._settler.submit(message)

    def refuse(self, message: ClaimedMessage, error: Exception) -> None:
        """Have a message that no decoder can read end as dead."""
        logger.error("message %s cannot be decoded: it is dead", message.lease)
        message.outcome.dead = True
        message.outcome.reason = "undecodable"
        message.outcome.error = str(error)
        self.settle(message)

    def release(self, messages: Sequence[ClaimedMessage]) -> None:
        """Give back messages nobody began.

        Raises:
            BrokerUnavailableError: The server stayed away; the rescuers will have to do it.
        """
        if messages:
            leases = [tokens(mine) for mine in by_owner(messages)]
            self._database.insist(
                lambda connection: [
                    self._database.run("release", mine, on=connection) for mine in leases
                ],
                seconds=STOP_SECONDS,
            )
            self.slots.free(messages)

    def give_up(self, message: ClaimedMessage) -> None:
        """Let others have a message whose thread will not come back; its slot stays taken.

        The thread it holds is lost for as long as it is stuck, so a freed slot would only hoard.
        """
        self._rescuer.give_up(message)

    def drain(self) -> None:
        """Claim nothing more, and give back what has been claimed but not handed to a thread."""
        self._heart.draining = True
        self._heart.wake()
        self._claimer.stop(STOP_SECONDS)
        self.release(self._inboxes.take_all())

    def stop(self) -> None:
        """Settle everything, leave the worker table and stop the threads."""
        if not self._running:
            return
        self._running = False
        self._claimer.stop(STOP_SECONDS)
        if not self._settler.stop(STOP_SECONDS):
            logger.error("some outcomes could not be written: their messages will be run again")
        self._rescuer.stop(STOP_SECONDS)
        self._pruner.stop(STOP_SECONDS)
        try:
            self._heart.stop(STOP_SECONDS)
        except BrokerUnavailableError as error:
            logger.warning("could not leave the worker table: %s", error)

    def wait_until_claiming(self, timeout: float) -> bool:
        """Wait until the process is registered as a worker."""
        deadline = time.monotonic() + timeout
        while self._heart.owner is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _limited(self, limits: Mapping[str, int]) -> None:
        if self.slots.override(limits):
            self._claimer.wake()

    def _deliver(self, messages: Sequence[ClaimedMessage]) -> None:
        # The last consumer of a queue may have left while it was being claimed from.
        self._give_back(self._inboxes.put(messages))

    def _shed(self, queue: str, count: int) -> None:
        self._give_back(self._take_back(queue, count))

    def _give_back(self, messages: Iterable[ClaimedMessage]) -> None:
        for message in messages:
            message.outcome.untouched = True
            self.settle(message)

    def _settled(self, batch: Sequence[ClaimedMessage], took_effect: set[int]) -> None:
        for message in batch:
            if message.lease.id not in took_effect and message.outcome.acked_in is None:
                self.stale += 1
                logger.warning(
                    "outcome of %s was refused: the message is somebody else's now", message.lease
                )
        self.slots.free(batch)
        self._claimer.slots_freed({message.queue for message in batch})
        if any(message.outcome.brings_messages() for message in batch):
            self.wake()
