from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dramatiq
import psycopg
import pytest
from dramatiq import Middleware
from dramatiq.middleware import CurrentMessage, Retries, Shutdown, TimeLimitExceeded
from fix_broker import eventually
from fix_stub_worker import Recorder

from scout_workers.deadline import DeadlineExceeded
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.middleware.retries import VerdictRetries
from scout_workers.store import StoreUnavailableError

if TYPE_CHECKING:
    from dramatiq import Broker, Message
    from fix_stub_worker import RunStubWorker


HOUR_MS = 3_600_000


class Enqueued(Middleware):
    """Keeps the delays messages are enqueued with, in milliseconds."""

    def __init__(self) -> None:
        self.delays: list[int] = []

    def before_enqueue(self, broker: Broker, message: Message[Any], delay: int | None) -> None:
        if delay is not None:
            self.delays.append(delay)


class Failing:
    """An actor's function that fails the first `times` it runs, and keeps its message's options."""

    def __init__(self, exception: BaseException, times: int = 1_000_000) -> None:
        self.exception = exception
        self.times = times
        self.options: list[dict[str, Any]] = []
        self.__name__ = "failing"

    def __call__(self) -> None:
        message = CurrentMessage.get_current_message()
        assert message is not None
        self.options.append(dict(message.options))
        if len(self.options) <= self.times:
            raise self.exception


def quick(**options: Any) -> VerdictRetries:
    return VerdictRetries(**({"min_backoff": 1, "max_backoff": 3} | options))


def rate_limited(retry_after: float | None = 0.001) -> ScoutError:
    return ScoutError(ErrorClass.RATE_LIMITED, "slow down", retry_after=retry_after)


def run(
    stub_worker: RunStubWorker, failing: Failing, retries: Retries, **actor_options: object
) -> tuple[Recorder, int]:
    """Let it run until it is acknowledged or dead: what became of it, and how many died."""
    recorder = Recorder()
    with stub_worker(recorder, CurrentMessage(), retries) as stub:
        stub.actor(failing, **actor_options).send()
        stub.join()
        return recorder, len(stub.broker.dead_letters)


@pytest.mark.parametrize(
    "error_class",
    [
        ErrorClass.IMAGE_UNREADABLE,
        ErrorClass.IMAGE_MISSING,
        ErrorClass.REFUSED,
        ErrorClass.AUTH,
    ],
)
def test_what_no_retry_can_mend_is_dead_at_once(
    stub_worker: RunStubWorker, error_class: ErrorClass
) -> None:
    failing = Failing(ScoutError(error_class, "as it says"))
    recorder, dead = run(stub_worker, failing, quick())
    assert len(failing.options) == 1
    assert dead == 1
    assert recorder.failed == [True]


def test_a_deferral_burns_no_retry(stub_worker: RunStubWorker) -> None:
    failing = Failing(rate_limited(), times=20)
    _, dead = run(stub_worker, failing, quick(max_retries=0))
    assert len(failing.options) == 21
    assert dead == 0
    assert failing.options[-1]["deferrals"] == 20
    assert "retries" not in failing.options[-1]


def test_under_the_stock_retries_the_same_error_burns_them_all(stub_worker: RunStubWorker) -> None:
    failing = Failing(rate_limited(), times=20)
    _, dead = run(stub_worker, failing, Retries(max_retries=3, min_backoff=1, max_backoff=3))
    assert len(failing.options) == 4
    assert dead == 1


@pytest.mark.parametrize(
    "exception",
    [
        dramatiq.RateLimitExceeded("full"),  # type: ignore[no-untyped-call] # Dramatiq's is untyped
        Shutdown(),
        StoreUnavailableError("the pool is exhausted"),
        psycopg.OperationalError("server closed the connection unexpectedly"),
        psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
        psycopg.errors.TooManyConnections("sorry, too many clients already"),
    ],
)
def test_dramatiqs_own_postponements_and_a_lost_database_burn_no_retry_either(
    stub_worker: RunStubWorker, exception: BaseException
) -> None:
    failing = Failing(exception, times=5)
    _, dead = run(stub_worker, failing, quick(max_retries=0))
    assert len(failing.options) == 6
    assert dead == 0


@pytest.mark.parametrize(
    "exception",
    [
        ScoutError(ErrorClass.NETWORK, "reset"),
        DeadlineExceeded("spent"),
        TimeLimitExceeded(),
        OSError("anything else"),
        psycopg.errors.QueryCanceled("canceling statement due to statement timeout"),
        psycopg.errors.DeadlockDetected("deadlock detected"),
        psycopg.errors.UniqueViolation("duplicate key value"),
        dramatiq.Retry("again", delay=1),
    ],
)
def test_what_may_pass_is_retried_and_counted(
    stub_worker: RunStubWorker, exception: BaseException
) -> None:
    failing = Failing(exception)
    _, dead = run(stub_worker, failing, quick(max_retries=3))
    assert [options.get("retries", 0) for options in failing.options] == [0, 1, 2, 3]
    assert dead == 1


def test_deferrals_and_retries_are_counted_apart(stub_worker: RunStubWorker) -> None:
    failing = Failing(rate_limited())
    original = Failing.__call__

    class Alternating(Failing):
        def __call__(self) -> None:
            even = len(self.options) % 2 == 0
            self.exception = rate_limited() if even else ConnectionResetError("reset")
            original(self)

    failing = Alternating(rate_limited(), times=6)
    _, dead = run(stub_worker, failing, quick(max_retries=3))
    assert dead == 0
    assert (failing.options[-1]["deferrals"], failing.options[-1]["retries"]) == (3, 3)


def test_a_deferred_message_waits_as_long_as_the_other_side_asked(
    stub_worker: RunStubWorker,
) -> None:
    enqueued = Enqueued()
    with stub_worker(enqueued, CurrentMessage(), quick()) as stub:
        stub.actor(Failing(rate_limited(30))).send()
        eventually(lambda: enqueued.delays != [])
    assert 30_000 <= enqueued.delays[0] <= 33_000


@pytest.mark.parametrize("absurd", [864_000.0, 1e300])
def test_a_wait_longer_than_the_bound_is_cut_to_it(
    stub_worker: RunStubWorker, absurd: float
) -> None:
    enqueued = Enqueued()
    with stub_worker(enqueued, CurrentMessage(), quick()) as stub:
        stub.actor(Failing(rate_limited(absurd)), max_deferral_age=HOUR_MS).send()
        eventually(lambda: enqueued.delays != [])
    assert HOUR_MS - 1000 < enqueued.delays[0] <= HOUR_MS


@pytest.mark.parametrize("hint", [None, float("nan"), float("inf")])
def test_without_a_usable_hint_a_deferral_backs_off(
    stub_worker: RunStubWorker, hint: float | None
) -> None:
    enqueued = Enqueued()
    with stub_worker(enqueued, CurrentMessage(), VerdictRetries()) as stub:
        stub.actor(Failing(rate_limited(hint))).send()
        eventually(lambda: enqueued.delays != [])
    assert 2_500 <= enqueued.delays[0] <= 10_000  # Dramatiq's jitter: 1.18 takes off, 2.x adds


def test_a_negative_hint_means_at_once(
    stub_worker: RunStubWorker,
) -> None:
    _, dead = run(stub_worker, Failing(rate_limited(-5), times=1), quick())
    assert dead == 0


def test_a_message_deferred_for_too_long_is_dead_and_somebody_is_told(
    stub_worker: RunStubWorker,
) -> None:
    told: list[tuple[str, int]] = []

    def give_up(message: dict[str, Any], counts: dict[str, int]) -> None:
        told.append((message["actor_name"], counts["retries"]))

    failing = Failing(rate_limited(0.05))
    with stub_worker(CurrentMessage(), quick(max_deferral=timedelta(seconds=0.2))) as stub:
        stub.actor(give_up)
        stub.actor(failing, on_retry_exhausted="give_up").send()
        stub.join()
        assert len(stub.broker.dead_letters) == 1
    assert told == [("failing", 0)]
    assert 2 < len(failing.options) < 8


@pytest.mark.parametrize("error_class", [ErrorClass.BUDGET, ErrorClass.PAUSED])
def test_what_waits_for_a_person_may_wait_longer_than_for_a_provider(
    stub_worker: RunStubWorker, error_class: ErrorClass
) -> None:
    held = Failing(ScoutError(error_class, "held", retry_after=0.01), times=5)
    none_at_all = timedelta(0)
    _, dead = run(stub_worker, held, quick(max_deferral=none_at_all))
    assert dead == 0
    _, dead = run(stub_worker, Failing(rate_limited()), quick(max_deferral=none_at_all))
    assert dead == 1


def test_a_long_hold_does_not_count_against_the_provider_that_defers_next(
    stub_worker: RunStubWorker,
) -> None:
    class HeldThenLimited(Failing):
        def __call__(self) -> None:
            first = len(self.options) == 0
            held = ScoutError(ErrorClass.BUDGET, "held", retry_after=0.3)
            self.exception = held if first else rate_limited()
            super().__call__()

    failing = HeldThenLimited(rate_limited(), times=3)
    _, dead = run(stub_worker, failing, quick(max_deferral=timedelta(seconds=0.25)))
    assert dead == 0
    assert failing.options[-1]["deferrals"] == 3


def test_throws_comes_before_every_verdict(stub_worker: RunStubWorker) -> None:
    failing = Failing(rate_limited())
    _, dead = run(stub_worker, failing, quick(), throws=(ScoutError,))
    assert len(failing.options) == 1
    assert dead == 1


def test_the_stock_options_still_hold(stub_worker: RunStubWorker) -> None:
    told: list[int] = []

    def give_up(message: dict[str, Any], counts: dict[str, int]) -> None:
        assert message["actor_name"] == "failing"
        told.append(counts["max_retries"])

    patient = Failing(OSError("anything"))
    choosy = Failing(OSError("anything"))
    choosy.__name__ = "choosy"
    with stub_worker(CurrentMessage(), quick()) as stub:
        stub.actor(give_up)
        stub.actor(patient, max_retries=2, on_retry_exhausted="give_up").send()
        stub.actor(choosy, retry_when=lambda retries, _: retries < 1).send()
        stub.join()
    assert len(patient.options) == 3
    assert len(choosy.options) == 2
    assert told == [2]
