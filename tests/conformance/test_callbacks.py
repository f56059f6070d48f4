"""An actor's success and each of its failures are told to whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from dramatiq.middleware import Middleware, SkipMessage
from fix_broker import usual_middleware

if TYPE_CHECKING:
    from dramatiq.broker import MessageProxy
    from fix_conformance import MakeStage, Stage


class Skip(Middleware):
    """Skips the messages of actors that are called so."""

    def before_process_message(self, _: dramatiq.Broker, message: MessageProxy) -> None:
        if message.actor_name == "skipped":
            raise SkipMessage("not today")


def test_a_success_is_told_with_its_result(stage: Stage) -> None:
    told: list[tuple[str, int]] = []

    @dramatiq.actor(queue_name="news")
    def tell(message: dict[str, Any], result: int) -> None:
        told.append((message["message_id"], result))

    @dramatiq.actor
    def add(one: int, two: int) -> int:
        return one + two

    sent = add.send_with_options(args=(1, 2), on_success=tell)
    stage.run("default", "news")
    assert told == [(sent.message_id, 3)]


def test_every_failure_is_told_with_the_number_of_retries_it_was(stage: Stage) -> None:
    told: list[tuple[int, dict[str, str]]] = []

    @dramatiq.actor
    def tell(message: dict[str, Any], error: dict[str, str]) -> None:
        told.append((message["options"]["retries"], error))

    @dramatiq.actor(max_retries=2, on_failure="tell")
    def fail() -> None:
        raise RuntimeError("no luck")

    fail.send()
    stage.run()
    told.sort(key=lambda each: each[0])  # each is a message by itself, and none waits for another
    assert told == [(n, {"type": "RuntimeError", "message": "no luck"}) for n in (1, 2, 3)]


def test_who_failed_and_then_succeeded_is_told_of_both(stage: Stage) -> None:
    told: list[str] = []

    @dramatiq.actor
    def good(_message: dict[str, Any], result: str) -> None:
        told.append(result)

    @dramatiq.actor
    def bad(_message: dict[str, Any], error: dict[str, str]) -> None:
        told.append(error["message"])

    tries: list[int] = []

    @dramatiq.actor(on_failure="bad", on_success="good")
    def work() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("first")
        return "second"

    work.send()
    stage.run()
    assert sorted(told) == ["first", "second"]


def test_a_skipped_message_is_neither_a_success_nor_a_failure(make_stage: MakeStage) -> None:
    stage = make_stage([*usual_middleware(), Skip()])
    told: list[object] = []

    @dramatiq.actor
    def tell(_message: dict[str, Any], what: object) -> None:
        told.append(what)

    @dramatiq.actor(on_failure="tell", on_success="tell")
    def skipped() -> None:
        raise AssertionError("it ran")

    skipped.send()
    stage.run()
    assert told == []
    assert stage.dead() == []


def test_a_callback_must_be_an_actor(stage: Stage) -> None:
    @dramatiq.actor
    def work() -> None: ...

    with pytest.raises(TypeError):
        work.send_with_options(on_success=print)
    stage.join(timeout=1)
