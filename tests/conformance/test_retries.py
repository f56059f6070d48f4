"""What fails is tried again: as often, as late and for such errors as was said, and then dead."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from dramatiq.errors import RateLimitExceeded, Retry
from dramatiq.middleware import CurrentMessage

if TYPE_CHECKING:
    from fix_conformance import Stage


class Unlucky(Exception):  # noqa: N818 (what happened, not an error of this program's)
    pass


class Unluckier(Unlucky):
    pass


def current_options() -> dict[str, Any]:
    message = CurrentMessage.get_current_message()
    assert message is not None
    return dict(message.options)


def test_a_failing_message_is_retried_until_it_succeeds(stage: Stage) -> None:
    tries: list[int] = []

    @dramatiq.actor
    def succeed_late() -> None:
        tries.append(current_options().get("retries", 0))
        if len(tries) < 3:
            raise Unlucky

    succeed_late.send()
    stage.run()
    assert tries == [0, 1, 2]
    assert stage.dead() == []


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_a_message_is_tried_once_and_retried_so_often_and_then_it_is_dead(
    stage: Stage, retries: int
) -> None:
    tries: list[int] = []

    @dramatiq.actor(max_retries=retries)
    def fail() -> None:
        tries.append(1)
        raise Unlucky

    sent = fail.send()
    stage.run()
    assert len(tries) == 1 + retries
    assert stage.dead() == [("fail", sent.message_id)]


def test_what_a_message_says_of_retries_goes_before_what_its_actor_says(stage: Stage) -> None:
    tries: list[int] = []

    @dramatiq.actor(max_retries=50, min_backoff=3_600_000)
    def fail() -> None:
        tries.append(1)
        raise Unlucky

    fail.send_with_options(max_retries=2, min_backoff=0)
    stage.run()
    assert len(tries) == 3


def test_a_predicate_decides_instead_of_the_number(stage: Stage) -> None:
    asked: list[tuple[int, str]] = []

    def while_unlucky(retries: int, error: BaseException) -> bool:
        asked.append((retries, type(error).__name__))
        return isinstance(error, Unlucky)

    @dramatiq.actor(retry_when=while_unlucky, max_retries=0)
    def fail() -> None:
        if len(asked) == 2:
            raise ValueError("this is another matter")
        raise Unlucky

    fail.send()
    stage.run()
    assert asked == [(0, "Unlucky"), (1, "Unlucky"), (2, "ValueError")]
    assert len(stage.dead()) == 1


@pytest.mark.parametrize("throws", [Unlucky, (KeyError, Unlucky)])
def test_what_an_actor_is_said_to_throw_is_not_retried(stage: Stage, throws: object) -> None:
    tries: list[int] = []

    @dramatiq.actor(throws=throws)
    def fail() -> None:
        tries.append(1)
        raise Unluckier

    fail.send()
    stage.run()
    assert tries == [1]
    assert len(stage.dead()) == 1


def test_an_actor_may_ask_for_a_retry_and_say_when(stage: Stage) -> None:
    tries: list[float] = []

    @dramatiq.actor(max_retries=1, min_backoff=3_600_000)
    def ask() -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise Retry("not yet", delay=200)

    ask.send()
    stage.run()
    first, second = tries
    assert second - first >= 0.2 - 0.002


def test_retries_that_are_asked_for_are_counted_too(stage: Stage) -> None:
    tries: list[int] = []

    @dramatiq.actor(max_retries=2)
    def ask() -> None:
        tries.append(1)
        raise Retry(delay=0)

    ask.send()
    stage.run()
    assert len(tries) == 3
    assert len(stage.dead()) == 1


def test_being_over_a_rate_limit_is_a_failure_like_any_other(stage: Stage) -> None:
    tries: list[int] = []

    @dramatiq.actor
    def hold_back() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise RateLimitExceeded("later")  # type: ignore[no-untyped-call]  # Dramatiq

    hold_back.send()
    stage.run()
    assert len(tries) == 3
    assert stage.dead() == []


def test_backoff_grows_from_the_least_to_the_most(stage: Stage) -> None:
    tries: list[float] = []

    @dramatiq.actor(max_retries=4, min_backoff=40, max_backoff=160)
    def fail() -> None:
        tries.append(time.monotonic())
        raise Unlucky

    fail.send()
    stage.run()
    # Each is at least half of what it may grow to: the rest is Dramatiq's jitter.
    for n, (one, next_one) in enumerate(pairwise(tries)):
        assert next_one - one >= min(40 * 2**n, 160) / 2000 - 0.002
    assert len(tries) == 5


@pytest.mark.parametrize("backoff", ["min_backoff", "max_backoff"])
def test_without_backoff_a_retry_comes_at_once(stage: Stage, backoff: str) -> None:
    tries: list[float] = []
    none: dict[str, Any] = {backoff: 0}

    @dramatiq.actor(max_retries=10, **none)
    def fail() -> None:
        tries.append(time.monotonic())
        raise Unlucky

    fail.send()
    stage.run()
    assert len(tries) == 11


def test_a_retried_message_tells_how_and_when_it_failed(stage: Stage) -> None:
    told: list[dict[str, Any]] = []

    @dramatiq.actor(max_retries=2)
    def fail() -> None:
        told.append(current_options())
        raise Unlucky("the third of May")

    sent = fail.send()
    stage.run()
    assert [options.get("retries") for options in told] == [None, 1, 2]
    assert "the third of May" in told[1]["traceback"]
    times = [options["requeue_timestamp"] for options in told[1:]]
    assert times == sorted(times)
    assert times[0] >= sent.message_timestamp


def test_whoever_is_named_is_told_once_when_retries_are_exhausted(stage: Stage) -> None:
    told: list[tuple[str, dict[str, int]]] = []

    @dramatiq.actor
    def bury(message: dict[str, Any], info: dict[str, int]) -> None:
        told.append((message["message_id"], info))

    @dramatiq.actor(max_retries=2, on_retry_exhausted="bury")
    def fail() -> None:
        raise Unlucky

    @dramatiq.actor(max_retries=2, on_retry_exhausted="bury")
    def succeed_late() -> None:
        if "retries" not in current_options():
            raise Unlucky

    succeed_late.send()
    sent = fail.send()
    stage.run()
    assert told == [(sent.message_id, {"retries": 2, "max_retries": 2})]


def test_a_message_for_an_actor_nobody_declared_is_dead_and_others_go_on(stage: Stage) -> None:
    ran: list[str] = []

    @dramatiq.actor
    def work() -> None:
        ran.append("work")

    unknown: dramatiq.Message[None] = dramatiq.Message("default", "nobody", (), {}, {})
    stage.broker.enqueue(unknown)
    work.send()
    stage.run()
    assert ran == ["work"]
    assert stage.dead() == [("nobody", unknown.message_id)]
