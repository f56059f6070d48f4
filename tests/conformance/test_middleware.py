"""What middleware decide of a message, hear of its end, and put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from dramatiq.middleware import CurrentMessage, Middleware, Retries, SkipMessage
from fix_broker import usual_middleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from dramatiq.broker import MessageProxy
    from fix_conformance import MakeStage, Stage


class Before(Middleware):
    """Does something with each message before it is processed."""

    def __init__(self, act: Callable[[MessageProxy], None]) -> None:
        self._act = act

    def before_process_message(self, _: dramatiq.Broker, message: MessageProxy) -> None:
        self._act(message)


class Heard(Middleware):
    """Keeps how messages ended."""

    def __init__(self) -> None:
        self.ends: list[tuple[object, BaseException | None]] = []

    def after_process_message(
        self,
        _broker: dramatiq.Broker,
        _message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        self.ends.append((result, exception))


def test_a_message_that_is_failed_and_skipped_is_dead(stage: Stage) -> None:
    def refuse(message: MessageProxy) -> None:
        message.fail()
        raise SkipMessage("never")

    stage.broker.add_middleware(Before(refuse))

    @dramatiq.actor
    def work() -> None:
        raise AssertionError("it ran")

    sent = work.send()
    stage.run()
    assert stage.dead() == [("work", sent.message_id)]


def test_a_message_that_is_failed_before_it_is_processed_is_not_run_and_dead(
    stage: Stage,
) -> None:
    stage.broker.add_middleware(Before(lambda message: message.fail()))

    @dramatiq.actor
    def work() -> None:
        raise AssertionError("it ran")

    sent = work.send()
    stage.run()
    assert stage.dead() == [("work", sent.message_id)]


def test_results_and_errors_are_told_as_they_were(stage: Stage) -> None:
    heard = Heard()
    stage.broker.add_middleware(heard)
    error = ValueError("no luck")

    @dramatiq.actor(max_retries=0)
    def work(well: int) -> str:
        if well:
            return "well"
        raise error

    for well in (1, 0):
        work.send(well)
        stage.run()
    assert heard.ends == [("well", None), (None, error)]


def test_without_the_retries_middleware_a_failed_message_is_done(make_stage: MakeStage) -> None:
    stage = make_stage([m for m in usual_middleware() if not isinstance(m, Retries)])
    tries: list[int] = []

    @dramatiq.actor
    def fail() -> None:
        tries.append(1)
        raise RuntimeError("no luck")

    fail.send()
    stage.run()
    assert (tries, stage.dead()) == ([1], [])


def test_what_middleware_put_into_a_message_before_it_is_sent_arrives(stage: Stage) -> None:
    class Stamp(Middleware):
        def before_enqueue(
            self, _broker: dramatiq.Broker, message: dramatiq.Message[Any], _delay: int
        ) -> None:
            message.options["stamp"] = "1-2-3"

    stage.broker.add_middleware(Stamp())
    seen: list[object] = []

    @dramatiq.actor
    def work() -> None:
        message = CurrentMessage.get_current_message()
        assert message is not None
        seen.append(message.options["stamp"])

    work.send()
    work.send_with_options(delay=1)
    stage.run()
    assert seen == ["1-2-3"] * 2


def test_an_option_is_one_if_a_middleware_says_so(stage: Stage) -> None:
    class Own(Middleware):
        @property
        def actor_options(self) -> set[str]:
            return {"colour"}

    with pytest.raises(ValueError, match="colour"):
        dramatiq.actor(colour="red")(print)
    stage.broker.add_middleware(Own())

    @dramatiq.actor(colour="red")
    def work() -> None: ...

    assert work.options["colour"] == "red"
