"""The broker as Dramatiq sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dramatiq.broker import Broker, Consumer, MessageProxy
from dramatiq.errors import QueueJoinTimeout, QueueNotFound

from .aborts import Aborts
from .acts import Acts
from .claimed import ClaimedMessage
from .consumer import PostgresConsumer
from .controls import Controls
from .database import Database
from .dead import DeadMessages
from .errors import LeaseLostError
from .fleet import Fleet
from .intake import Intake
from .observation import QueueStats, WorkerRow, queue_stats, ready, wait_until_empty, workers
from .options import EngineOptions
from .outbox import Outbox
from .pool import Pool
from .process import SETTLING, ProcessEngine
from .recall import Listeners

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dramatiq import Message, Middleware

    from .pool import Connection


class PostgresBroker(Broker):
    """A Dramatiq broker whose queues are a table.

    Args:
        dsn: Postgres, or PgBouncer in transaction mode in front of it.
        schema: Where `migrate` put the tables.
        options: How worker processes behave.
        pool_size: The most connections this process opens.
        application_name: How they show in pg_stat_activity.
        message_cap: The largest encoded message accepted, in bytes.
        signal: Whether an enqueue in a worker process wakes that process's own claimer.
        joins: Whether callers' own tables are in the same database, for `enqueue_in`, `ack_in`.
        middleware: As for every Dramatiq broker.
    """

    # As PEP 249 has it for connections: who must not import this package can still catch it.
    LeaseLostError = LeaseLostError

    def __init__(
        self,
        dsn: str,
        *,
        schema: str = "scout_broker",
        options: EngineOptions | None = None,
        pool_size: int = 3,
        application_name: str = "scout_broker",
        message_cap: int = 1 << 20,
        signal: bool = True,
        joins: bool = True,
        middleware: list[Middleware] | None = None,
    ) -> None:
        super().__init__(middleware=middleware)
        self.queues: dict[str, None] = {}
        self.joins, listeners = joins, Listeners()
        self.lease_lost, self.abort_asked = listeners.lost, listeners.aborted
        self.drain_asked = listeners.drain
        self.pool = Pool(dsn, application_name=application_name, max_size=pool_size)
        self._database = Database(self.pool, schema)
        self._intake = Intake(self, message_cap)
        self.outbox = Outbox(self._database)
        self.controls, self.fleet = Controls(self._database), Fleet(self._database)
        self.dead, self.acts = DeadMessages(self._database), Acts(self._database)
        self._process = ProcessEngine(
            self._database,
            options or EngineOptions(),
            priorities=lambda: {0} | {actor.priority for actor in self.actors.values()},
            listeners=listeners,
            signal=signal,
        )
        self.aborts = Aborts(self._database, asked=self._process.beat)

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue; no delay queue beside it, delayed messages wait in the table."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues[queue_name] = None
            self.emit_after("declare_queue", queue_name)

    def _declared(self, queue_name: str) -> None:
        if queue_name not in self.queues:
            raise QueueNotFound(queue_name)  # type: ignore[no-untyped-call]  # Dramatiq

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Enqueue a message, durably once this returns.

        While a message is being settled (retries, pipelines and callbacks enqueue from there) what
        is enqueued goes out in one transaction with that message's outcome, or not at all.

        Args:
            message: The message; its queue must be declared.
            delay: Milliseconds to wait before it may be claimed.

        Raises:
            QueueNotFound: The queue was never declared.
            MessageTooLargeError: The encoded message is over the cap.
            BrokerUnavailableError: Postgres stayed away for ten seconds.
        """
        prepared = self._intake.announced(message, delay)
        if self.outbox.put(self._intake.row(prepared, delay), replacing=message):
            self.wake()
        self.emit_after("enqueue", prepared, delay)
        return prepared

    def enqueue_many(
        self, messages: Iterable[Message[Any]], *, delay: int | None = None
    ) -> list[Message[Any]]:
        """Enqueue some thousands in one commit, all or none; raises as `enqueue` does."""
        intake = self._intake
        heard = intake.listens("before_enqueue")
        prepared = [intake.announced(message, delay, heard=heard) for message in messages]
        if prepared:
            self.outbox.put_many(
                lambda: (intake.row(message, delay) for message in prepared),
                deduplicated=any("dedup_key" in message.options for message in prepared),
            )
            self.wake()
        if intake.listens("after_enqueue"):
            for message in prepared:
                self.emit_after("enqueue", message, delay)
        return prepared

    def enqueue_in(
        self, connection: Connection, message: Message[Any], *, delay: int | None = None
    ) -> Message[Any]:
        """Enqueue a message on the caller's transaction; as `enqueue_many_in`."""
        return self.enqueue_many_in(connection, [message], delay=delay)[0]

    def enqueue_many_in(
        self, connection: Connection, messages: Iterable[Message[Any]], *, delay: int | None = None
    ) -> list[Message[Any]]:
        """Enqueue on the caller's transaction: they exist with the commit or not at all.

        Call `wake` after the commit, or leave it to the next poll. Raises as `enqueue` does, and
        psycopg.Error; the transaction is the caller's.
        """
        prepared = [self._intake.announced(message, delay) for message in messages]
        self.outbox.put_in(connection, [self._intake.row(message, delay) for message in prepared])
        for message in prepared:
            self.emit_after("enqueue", message, delay)
        return prepared

    def ack_in(self, connection: Connection, message: ClaimedMessage) -> None:
        """Acknowledge a claimed message on the caller's transaction.

        Whatever the worker does with it afterwards, it is settled once: if the transaction commits
        the row is gone, if it does not the row is as it was.

        Raises:
            LeaseLostError: The message is somebody else's by now: roll back.
        """
        self.outbox.ack_in(connection, message)

    def give_up(self, message: MessageProxy) -> None:
        """Let others have a message whose thread here is stuck."""
        if isinstance(message, ClaimedMessage) and (engine := self._process.running()) is not None:
            engine.give_up(message)

    def wake(self) -> None:
        """Tell this process's own claimer, if it has one, that there may be messages."""
        if (engine := self._process.running()) is not None:
            engine.wake()

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """Consume a queue; the first consumer of a process starts its engine.

        Args:
            queue_name: A declared queue; else QueueNotFound is raised.
            prefetch: The most messages of it this process is to hold, unless it is the number
                Dramatiq's workers ask for by default: then the queue's pace says.
            timeout: Milliseconds an idle consumer waits before it returns None.
        """
        self._declared(queue_name)
        most = self._process.wish(prefetch)
        engine = self._process.started()
        return PostgresConsumer(engine, queue_name, timeout=timeout / 1000, most=most)

    def join(self, queue_name: str, *, timeout: int | None = None) -> None:
        """Wait until a declared queue holds nothing; QueueJoinTimeout after that many ms."""
        self._declared(queue_name)
        if not wait_until_empty(self._database, queue_name, timeout):
            raise QueueJoinTimeout(queue_name)  # type: ignore[no-untyped-call]  # Dramatiq

    def flush(self, queue_name: str) -> None:
        """Drop the messages that wait in a declared queue; what is worked on ends by itself."""
        self._declared(queue_name)
        self._database.run("flush", {"queue": queue_name})

    def flush_all(self) -> None:
        """Flush every declared queue."""
        for queue_name in self.queues:
            self.flush(queue_name)

    def close(self) -> None:
        """Stop this process's engine, if it has one, and close the connections."""
        self._process.stop()
        self.pool.close()

    def queue_stats(self) -> list[QueueStats]:
        """Count what every queue holds, declared or not."""
        return queue_stats(self._database)

    def ready(self, queue_name: str, *, most: int) -> int:
        """Count what waits in a queue for a worker, but no further than `most`: it is cheap."""
        return ready(self._database, queue_name, most)

    def workers(self) -> list[WorkerRow]:
        """List the worker processes that have registered."""
        return workers(self._database)

    def emit_before(self, signal: str, *args: Any, **kwargs: Any) -> None:
        """Follow the worker's life: size the engine at boot, refuse lost messages, drain."""
        if signal == "process_message":
            if isinstance(args[0], ClaimedMessage):
                self._process.begin(args[0])
        elif signal == "nack" and isinstance(args[0], ClaimedMessage):
            args[0].outcome.unheard = True
        elif signal == "worker_boot":
            self._process.boot(args[0], self.queues)
        elif signal == "worker_shutdown":
            self._process.drain(args[0])
        super().emit_before(signal, *args, **kwargs)

    def emit_after(self, signal: str, *args: Any, **kwargs: Any) -> None:
        """Gather what middleware enqueue after processing into the message's one outcome."""
        if signal in SETTLING and isinstance(args[0], ClaimedMessage):
            self._process.ended(args[0], kwargs.get("exception"))
            try:
                with self.outbox.settling(args[0], kwargs.get("exception")):
                    super().emit_after(signal, *args, **kwargs)
            finally:
                self._process.heard(signal, args[0])
            return
        if signal == "worker_shutdown":
            # Before the middleware close what the last outcomes are written to.
            self._process.leave()
        super().emit_after(signal, *args, **kwargs)
