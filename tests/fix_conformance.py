"""One stage, two brokers: what Dramatiq documents is shown on its own StubBroker and on ours."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AsyncIO, GroupCallbacks
from dramatiq.rate_limits.backends import StubBackend as StubRateLimits
from dramatiq.results.backends import StubBackend as StubResults
from fix_broker import keeping_results, rows, usual_middleware
from fix_postgres import database_from

from scout_workers.broker import (
    EngineOptions,
    PostgresBroker,
    PostgresRateLimits,
    PostgresResults,
    Pulse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dramatiq.rate_limits import RateLimiterBackend
    from dramatiq.results import ResultBackend

JOIN_MS = 30_000
WAKE_MS = 20  # what an idle worker thread of a test waits before it looks whether it should stop

_CLEAR = """
    TRUNCATE scout_broker.message, scout_broker.dead_message, scout_broker.worker,
        scout_broker.queue_control, scout_broker.result, scout_broker.rate_limit,
        scout_broker.barrier_party
"""


@dataclass(frozen=True)
class Stage:
    """A broker, the backends that go with it, and the workers of one test."""

    broker: dramatiq.Broker
    results: ResultBackend
    limits: RateLimiterBackend

    def keep_results(self) -> None:
        """Add the Results middleware, storing what every actor returns."""
        self.broker.add_middleware(keeping_results(self.results))

    def call_back_groups(self) -> None:
        """Add the GroupCallbacks middleware."""
        self.broker.add_middleware(GroupCallbacks(self.limits))

    def run_coroutines(self) -> None:
        """Add the AsyncIO middleware."""
        self.broker.add_middleware(AsyncIO())

    @contextmanager
    def working(self, *, threads: int = 4, **options: Any) -> Iterator[dramatiq.Worker]:
        """Run a worker for the block."""
        worker = dramatiq.Worker(
            self.broker, worker_timeout=WAKE_MS, worker_threads=threads, **options
        )
        worker.start()
        try:
            yield worker
        finally:
            worker.stop(timeout=10_000)

    def join(self, *queues: str, timeout: int = JOIN_MS) -> None:
        """Wait until queues are empty: `default`, if none is named."""
        for queue in queues or ("default",):
            if isinstance(self.broker, StubBroker):
                # A death is looked at by the test, not raised in its face.
                self.broker.join(queue, timeout=timeout, fail_fast=False)
            else:
                self.broker.join(queue, timeout=timeout)

    def run(self, *queues: str, threads: int = 4) -> None:
        """Work until queues are empty, in the order given."""
        with self.working(threads=threads) as worker:
            self.join(*queues)
            worker.join()

    def dead(self) -> list[tuple[str, str]]:
        """The dead messages, as actor and id, sorted."""
        if isinstance(self.broker, StubBroker):
            return sorted((m.actor_name, m.message_id) for m in self.broker.dead_letters)
        assert isinstance(self.broker, PostgresBroker)
        return sorted((m.actor, m.message_id) for m in self.broker.dead.find())


class MakeStage(Protocol):
    """Makes a stage, on a list of middleware or on the usual ones; closed after the test."""

    def __call__(self, middleware: list[dramatiq.Middleware] | None = None) -> Stage: ...


@pytest.fixture(scope="session")
def _shared_database(postgres_url: str, broker_template: str) -> Iterator[str]:
    with database_from(postgres_url, broker_template) as url:
        yield url


@pytest.fixture
def cleared_database(_shared_database: str) -> str:
    """The URL of a database whose broker's tables are empty; making one costs more than a test."""
    rows(_shared_database, _CLEAR)
    return _shared_database


@pytest.fixture(params=["stub", "postgres"])
def make_stage(request: pytest.FixtureRequest) -> Iterator[MakeStage]:
    """A maker of stages, on each kind of broker in turn."""
    with ExitStack() as stack:

        def make(middleware: list[dramatiq.Middleware] | None = None) -> Stage:
            middleware = usual_middleware() if middleware is None else middleware
            stage = (
                _stub(middleware)
                if request.param == "stub"
                else _postgres(middleware, request.getfixturevalue("cleared_database"))
            )
            stack.callback(stage.broker.close)
            stage.broker.declare_queue("default")
            stage.broker.emit_after("process_boot")
            dramatiq.set_broker(stage.broker)
            return stage

        yield make


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    """A stage with the usual middleware, on each kind of broker in turn."""
    return make_stage()


class Composition(Protocol):
    """What pipelines and groups have in common, for Dramatiq does not type them."""

    completed: bool
    completed_count: int

    def run(self, *, delay: int | None = None) -> object: ...
    def get_result(self, *, block: bool = False, timeout: int | None = None) -> object: ...
    def get_results(
        self, *, block: bool = False, timeout: int | None = None
    ) -> Iterator[object]: ...
    def wait(self, *, timeout: int | None = None) -> None: ...
    def add_completion_callback(self, message: dramatiq.Message[Any]) -> None: ...


def piped(*steps: dramatiq.Message[Any]) -> Composition:
    """A pipeline."""
    return cast("Composition", dramatiq.pipeline(steps))


def grouped(*children: dramatiq.Message[Any] | Composition) -> Composition:
    """A group of messages, pipelines and groups."""
    made = dramatiq.group(children)  # type: ignore[no-untyped-call]  # Dramatiq
    return cast("Composition", made)


def step(actor: dramatiq.Actor[..., Any], *args: object, **options: Any) -> dramatiq.Message[Any]:
    """A message of a pipeline, which the result of the one before completes."""
    return actor.message_with_options(args=args, **options)


def _stub(middleware: list[dramatiq.Middleware]) -> Stage:
    limits = StubRateLimits()  # type: ignore[no-untyped-call]  # Dramatiq
    return Stage(StubBroker(middleware=middleware), StubResults(), limits)


def _postgres(middleware: list[dramatiq.Middleware], url: str) -> Stage:
    pulse = Pulse(interval=0.5, dead_after=5.0)
    broker = PostgresBroker(url, middleware=middleware, options=EngineOptions(pulse=pulse))
    return Stage(broker, PostgresResults(broker), PostgresRateLimits(broker))
