"""What an actor returned, or how it failed, can be had by whoever sent the message."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.errors import ActorNotFound
from dramatiq.middleware import Middleware, SkipMessage
from dramatiq.results import ResultFailure, ResultMissing, ResultTimeout
from fix_broker import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from dramatiq.broker import MessageProxy
    from fix_conformance import Stage


class Refuse(Middleware):
    """Skips every message, and fails it too if told so."""

    def __init__(self, *, fail: bool) -> None:
        self._fail = fail

    def before_process_message(self, _: dramatiq.Broker, message: MessageProxy) -> None:
        if self._fail:
            message.fail()
        raise SkipMessage("not today")


@pytest.fixture
def storing(stage: Stage) -> Stage:
    stage.keep_results()
    return stage


def is_missing(look: Callable[[], object]) -> bool:
    try:
        look()
    except ResultMissing:
        return True
    return False


def test_a_result_is_missing_until_it_is_there(storing: Stage) -> None:
    finish = threading.Event()

    @dramatiq.actor
    def work() -> dict[str, list[int]]:
        assert finish.wait(20)
        return {"numbers": [1, 2]}

    sent = work.send()
    with storing.working():
        with pytest.raises(ResultMissing):
            sent.get_result()
        with pytest.raises(ResultTimeout):
            sent.get_result(block=True, timeout=50)
        finish.set()
        assert sent.get_result(block=True, timeout=20_000) == {"numbers": [1, 2]}
    assert sent.get_result() == {"numbers": [1, 2]}
    assert storing.results.get_result(sent) == {"numbers": [1, 2]}


def test_nothing_is_a_result_too(storing: Stage) -> None:
    @dramatiq.actor
    def work() -> None: ...

    sent = work.send()
    storing.run()
    assert sent.get_result() is None


def test_a_failure_is_told_when_the_retries_are_over(storing: Stage) -> None:
    tries: list[int] = []

    @dramatiq.actor(max_retries=2)
    def fail() -> None:
        tries.append(1)
        raise RuntimeError(f"no luck {len(tries)}")

    sent = fail.send()
    storing.run()
    with pytest.raises(ResultFailure) as caught:
        sent.get_result()
    assert (caught.value.orig_exc_type, caught.value.orig_exc_msg) == ("RuntimeError", "no luck 3")


def test_a_message_that_was_skipped_has_nothing_for_a_result(storing: Stage) -> None:
    storing.broker.add_middleware(Refuse(fail=False))

    @dramatiq.actor
    def work() -> int:
        return 1

    sent = work.send()
    storing.run()
    assert sent.get_result() is None


def test_a_message_that_was_failed_and_skipped_has_failed(storing: Stage) -> None:
    storing.broker.add_middleware(Refuse(fail=True))

    @dramatiq.actor
    def work() -> int:
        return 1

    sent = work.send()
    storing.run()
    with pytest.raises(ResultFailure, match="not today"):
        sent.get_result(block=True, timeout=20_000)


def test_a_result_is_kept_for_as_long_as_its_actor_says(storing: Stage) -> None:
    ran: list[int] = []

    @dramatiq.actor(result_ttl=300)
    def brief() -> None:
        ran.append(1)

    @dramatiq.actor
    def usual() -> None:
        ran.append(2)

    one, two = brief.send(), usual.send()
    storing.run()
    assert sorted(ran) == [1, 2]
    eventually(lambda: is_missing(one.get_result))
    assert two.get_result() is None


def test_what_is_not_to_be_stored_is_not(storing: Stage) -> None:
    @dramatiq.actor(store_results=False)
    def work() -> int:
        return 1

    @dramatiq.actor(store_results=False)
    def fail() -> None:
        raise RuntimeError("no luck")

    one, two = work.send(), fail.send()
    stored = work.send_with_options(store_results=True)
    storing.run()
    for message in (one, two):
        with pytest.raises(ResultMissing):
            message.get_result()
    assert stored.get_result() == 1


def test_a_death_for_want_of_an_actor_stores_nothing_and_harms_nobody(storing: Stage) -> None:
    unknown: dramatiq.Message[None] = dramatiq.Message("default", "nobody", (), {}, {})
    storing.broker.enqueue(unknown)
    storing.run()
    with pytest.raises(ActorNotFound):
        storing.broker.get_actor("nobody")
    with pytest.raises(ResultMissing):
        unknown.get_result()


def test_without_a_backend_there_are_no_results_to_be_had(stage: Stage) -> None:
    @dramatiq.actor
    def work() -> int:
        return 1

    sent = work.send()
    stage.run()
    with pytest.raises(RuntimeError):
        sent.get_result()
