"""What goes wrong in a middleware harms no message, unless it is meant to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.middleware import Middleware, MiddlewareError
from fix_broker import usual_middleware

if TYPE_CHECKING:
    from fix_conformance import MakeStage, Stage

HOOKS = [
    f"{when}_{what}"
    for what in ("enqueue", "process_message", "ack")
    for when in ("before", "after")
]


class Raising(Middleware):
    """Raises in one hook."""

    def __init__(self, hook: str, error: Exception) -> None:
        self._hook = hook
        self._error = error

    def __getattribute__(self, hook: str) -> object:
        if hook.startswith("_") or hook != self._hook:
            return object.__getattribute__(self, hook)

        def fail(*_: object, **__: object) -> None:
            raise self._error

        return fail


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("place", [0, -1])
def test_a_hook_that_raises_neither_loses_a_message_nor_runs_it_twice(
    make_stage: MakeStage, hook: str, place: int
) -> None:
    raising = Raising(hook, RuntimeError("a bug"))
    usual = usual_middleware()
    stage = make_stage([raising, *usual] if place == 0 else [*usual, raising])
    ran: list[str] = []

    @dramatiq.actor
    def work() -> str:
        ran.append("work")
        return "a result"

    @dramatiq.actor
    def follow(_message: object, result: str) -> None:
        ran.append(result)

    work.send_with_options(on_success=follow)
    stage.run()
    assert ran == ["work", "a result"]
    assert stage.dead() == []


@pytest.mark.parametrize("hook", ["before_nack", "after_nack"])
def test_a_hook_that_raises_at_a_death_does_not_undo_it(stage: Stage, hook: str) -> None:
    stage.broker.add_middleware(Raising(hook, RuntimeError("a bug")))

    @dramatiq.actor(max_retries=0)
    def fail() -> None:
        raise ValueError("no luck")

    sent = fail.send()
    stage.run()
    assert stage.dead() == [("fail", sent.message_id)]


def test_a_middleware_error_before_a_message_is_enqueued_reaches_the_sender(
    stage: Stage,
) -> None:
    stage.broker.add_middleware(Raising("before_enqueue", MiddlewareError("refused")))

    @dramatiq.actor
    def work() -> None:
        raise AssertionError("it was sent")

    with pytest.raises(MiddlewareError, match="refused"):
        work.send()
    stage.join(timeout=1)
