"""Dramatiq's own in-memory broker with a real Worker: what its `dramatiq` command runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import dramatiq
import pytest
from dramatiq import Middleware, Worker
from dramatiq.brokers.stub import StubBroker

from scout_workers import deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from dramatiq import Actor, Broker
    from dramatiq.broker import MessageProxy


class Recorder(Middleware):
    """Keeps what became of each message, and the deadline its post-processing ran under."""

    def __init__(self) -> None:
        self.exceptions: list[BaseException | None] = []
        self.failed: list[bool] = []
        self.deadlines: list[deadline.Deadline | None] = []

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        self.exceptions.append(exception)
        self.failed.append(message.failed)
        self.deadlines.append(deadline.current())


class StubWorker:
    """A StubBroker with the middleware under test, and a Worker once `running` is entered."""

    def __init__(self, middleware: Sequence[Middleware], threads: int) -> None:
        self.broker = StubBroker(middleware=list(middleware))
        self.worker = Worker(self.broker, worker_timeout=20, worker_threads=threads)

    def actor(self, function: Callable[..., object], **options: Any) -> Actor[Any, Any]:
        """Declare an actor on this broker."""
        return dramatiq.actor(broker=self.broker, **options)(function)

    def join(self, timeout_seconds: float = 30) -> None:
        """Wait until every message is acknowledged or dead."""
        self.broker.join("default", timeout=int(timeout_seconds * 1000), fail_fast=False)

    def dead_threads(self) -> list[str]:
        """Worker threads that ended though nobody stopped them."""
        return [thread.name for thread in self.worker.workers if not thread.is_alive()]


class RunStubWorker(Protocol):
    """Starts a worker with these middleware, outermost first, for the length of a block."""

    def __call__(
        self, *middleware: Middleware, threads: int = 4
    ) -> AbstractContextManager[StubWorker]: ...


@pytest.fixture
def stub_worker() -> RunStubWorker:
    """A factory of running workers; each is stopped as its block ends."""

    @contextmanager
    def run(*middleware: Middleware, threads: int = 4) -> Iterator[StubWorker]:
        stub = StubWorker(middleware, threads)
        stub.broker.emit_after("process_boot")
        stub.worker.start()
        try:
            yield stub
        finally:
            stub.worker.stop(timeout=5_000)
            stub.broker.close()

    return run
