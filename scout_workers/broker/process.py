"""The engine of this process: started by its first consumer, driven by Dramatiq's signals."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from dramatiq.middleware import SkipMessage

from . import unbegun
from .breath import Breath
from .engine import Engine
from .errors import BrokerUnavailableError
from .recall import ABORTED
from .work_queue import give_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dramatiq import Worker

    from .claimed import ClaimedMessage
    from .database import Database
    from .options import EngineOptions
    from .recall import Listeners

logger = logging.getLogger(__name__)

# What middleware do after these is a part of the message's outcome.
SETTLING = {"process_message", "skip_message", "nack"}

# What a worker prefetches without being told: twice its threads, and this at most.
MOST_PREFETCHED = 65535


class ProcessEngine:
    """Holds at most one running engine, and none that crossed a fork: its threads stayed behind.

    Args:
        database: Where.
        options: How the engine behaves.
        priorities: Tells the priorities messages are sent with.
        listeners: Told of the messages that are taken back from this process.
        signal: Whether messages written here wake this process's claimer.
    """

    def __init__(
        self,
        database: Database,
        options: EngineOptions,
        *,
        priorities: Callable[[], Iterable[int]],
        listeners: Listeners,
        signal: bool,
    ) -> None:
        self._database = database
        self._options = options
        self._priorities = priorities
        self._listeners = listeners
        self._signal = signal
        self._breath = Breath()
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._pid = 0
        self._workers: set[Worker] = set()
        self._usual_prefetches: set[int] = set()

    def running(self) -> Engine | None:
        """Return this process's engine, if it runs."""
        return self._engine if self._pid == os.getpid() else None

    def started(self) -> Engine:
        """Return this process's engine, started if need be."""
        with self._lock:
            engine = self.running()
            if engine is None:
                self._pid = os.getpid()
                engine = self._engine = Engine(
                    self._database,
                    self._options,
                    priorities=self._priorities,
                    listeners=self._listeners,
                    take_back=self._take_back,
                    signal=self._signal,
                )
                engine.size(self._threads())
            return engine

    def boot(self, worker: Worker, declared: Iterable[str]) -> None:
        """Fit the engine to a worker, and say so if the worker is too small for its queues."""
        queues = worker.consumer_whitelist or declared
        needed = sum(self._options.concurrency.get(queue, 1) for queue in queues)
        threads = worker.worker_threads
        give_to(worker)
        with self._lock:
            self._workers.add(worker)
            self._usual_prefetches.add(min(2 * threads, MOST_PREFETCHED))
            if (engine := self.running()) is not None:
                engine.size(self._threads())
        if threads < needed:
            logger.warning(
                "%d worker threads for queues that may hold %d messages: fast queues will wait "
                "behind slow ones. Run with --threads %d.",
                threads,
                needed,
                needed,
            )

    def begin(self, message: ClaimedMessage) -> None:
        """Let a worker thread begin with a message.

        Raises:
            SkipMessage: The lease may have ended while this process slept; the message is given
                back, if it is still ours to give. Or the message was aborted.
        """
        self._breath.take()
        engine = self.running()
        if engine is None or not engine.still_holds(message):
            message.outcome.untouched = True
            raise SkipMessage("the lease may have ended while this process slept")
        # In this order: an abort looks the other way round, so that one of the two sees the other.
        message.started = True
        if message.aborted:
            engine.recall.skip(message)
            raise SkipMessage("somebody asked that the message be ended")

    def ended(self, message: ClaimedMessage, error: BaseException | None) -> None:
        """Have an aborted message die of whatever ended its actor, unless that ended well."""
        if message.aborted and error is not None:
            message.outcome.reason = ABORTED
            message.fail()

    def heard(self, signal: str, message: ClaimedMessage) -> None:
        """Settle a dead message now that the last middleware has heard of it."""
        engine = self.running()
        if signal == "nack" and engine is not None and message.outcome.unheard:
            # A result that says how it failed is stored by then, and goes with it.
            message.outcome.unheard = False
            engine.settle(message)

    def beat(self) -> None:
        """Have this process, if it works, ask now what is wanted of it."""
        if (engine := self.running()) is not None:
            engine.beat()

    def drain(self, worker: Worker) -> None:
        """Give back at once what no thread has begun; with the last worker, claim nothing more."""
        with self._lock:
            self._workers.discard(worker)
            engine, last = self.running(), not self._workers
            if engine is None:
                return
            engine.size(self._threads())
        try:
            if last:
                engine.drain()
            engine.release(unbegun.take_all(worker))
        except BrokerUnavailableError as error:
            # The shutdown must go on: whoever rescues after us gives them back.
            logger.warning("could not give back unbegun messages: %s", error)

    def wish(self, prefetch: int) -> int | None:
        """Return a prefetch somebody chose; None: it is what a worker asks for by itself."""
        return None if prefetch in self._usual_prefetches else prefetch

    def leave(self) -> None:
        """Stop when the last worker has gone."""
        if not self._workers:
            self.stop()

    def stop(self) -> None:
        """Settle what is done, leave the worker table and stop the threads."""
        with self._lock:
            engine, self._engine = self.running(), None
        if engine is not None:
            engine.stop()

    def _take_back(self, queue: str, count: int) -> list[ClaimedMessage]:
        taken: list[ClaimedMessage] = []
        for worker in list(self._workers):
            if len(taken) < count:
                taken += unbegun.take_last(worker, queue, count - len(taken))
        return taken

    def _threads(self) -> int:
        return sum(worker.worker_threads for worker in self._workers) or 1
