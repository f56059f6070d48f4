"""Middleware are told of a message from outside in before something, and from inside out after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.middleware import Middleware, SkipMessage
from fix_broker import usual_middleware

if TYPE_CHECKING:
    from fix_conformance import MakeStage, Stage

OF_A_MESSAGE = {"enqueue", "process_message", "skip_message", "ack", "nack"}


class Told(Middleware):
    """Writes down what it is told of messages."""

    def __init__(self, name: str, story: list[str]) -> None:
        self._name = name
        self._story = story

    def __getattribute__(self, hook: str) -> object:
        when, _, what = hook.partition("_")
        if when not in {"before", "after"} or what not in OF_A_MESSAGE:
            return object.__getattribute__(self, hook)

        def write(*_: object, **__: object) -> None:
            self._story.append(f"{self._name} {when} {what}")

        return write


class Skip(Middleware):
    """Skips every message."""

    def before_process_message(self, *_: object) -> None:
        raise SkipMessage("not today")


def around(what: str, *inner: str) -> list[str]:
    """Both middleware in order before something, and in reverse order after it."""
    before = [f"{name} before {what}" for name in ("outer", "inner")]
    return [*before, *inner, *(f"{name} after {what}" for name in ("inner", "outer"))]


@pytest.fixture
def story() -> list[str]:
    return []


@pytest.fixture
def told(make_stage: MakeStage, story: list[str]) -> Stage:
    """A stage between whose middleware two write down what they are told."""
    return make_stage([Told("outer", story), *usual_middleware(), Told("inner", story)])


def test_a_message_that_succeeds_is_told_from_outside_in_and_back(
    told: Stage, story: list[str]
) -> None:
    @dramatiq.actor
    def work() -> None:
        story.append("work")

    work.send()
    told.run()
    assert story == [
        *around("enqueue"),
        *around("process_message", "work"),
        *around("ack"),
    ]


def test_a_message_that_dies_is_told_as_rejected(told: Stage, story: list[str]) -> None:
    @dramatiq.actor(max_retries=0)
    def work() -> None:
        story.append("work")
        raise RuntimeError("no luck")

    work.send()
    told.run()
    assert story == [
        *around("enqueue"),
        *around("process_message", "work"),
        *around("nack"),
    ]


def test_a_retry_is_told_as_enqueued_before_its_message_is_acknowledged(
    told: Stage, story: list[str]
) -> None:
    @dramatiq.actor(max_retries=1)
    def work() -> None:
        if story.count("work") == 0:
            story.append("work")
            raise RuntimeError("no luck")
        story.append("work again")

    work.send()
    told.run()
    first, again = story.index("work"), story.index("work again")
    between = story[first:again]
    assert between.index("outer before enqueue") < between.index("outer before ack")
    assert story[-4:] == around("ack")


def test_a_message_that_is_skipped_is_told_as_such_and_acknowledged(
    make_stage: MakeStage, story: list[str]
) -> None:
    stage = make_stage(
        [Told("outer", story), *usual_middleware(), Told("inner", story), Skip()],
    )

    @dramatiq.actor
    def work() -> None:
        raise AssertionError("it ran")

    work.send()
    stage.run()
    assert story == [
        *around("enqueue"),
        *(f"{name} before process_message" for name in ("outer", "inner")),
        *(f"{name} after skip_message" for name in ("inner", "outer")),
        *around("ack"),
    ]
    assert stage.dead() == []
