"""A pipeline gives each step the result of the one before, once, and stops where one fails."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from dramatiq.middleware import Middleware
from dramatiq.results import ResultMissing, ResultTimeout
from fix_broker import usual_middleware
from fix_conformance import piped, step

if TYPE_CHECKING:
    from dramatiq.broker import MessageProxy
    from fix_conformance import MakeStage, Stage


class FailWhatReturnedNothing(Middleware):
    def after_process_message(
        self,
        _: dramatiq.Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        if result is None and exception is None:
            message.fail()


def test_each_step_is_given_the_result_of_the_one_before_as_its_last_argument(
    stage: Stage,
) -> None:
    seen: list[tuple[object, ...]] = []

    @dramatiq.actor
    def note(*args: object) -> int:
        seen.append(args)
        return len(seen)

    (note.message("a", "b") | note.message("c") | note.message()).run()
    stage.run()
    assert seen == [("a", "b"), ("c", 1), (2,)]


def test_pipelines_of_pipelines_are_one_pipeline(stage: Stage) -> None:
    seen: list[tuple[object, ...]] = []

    @dramatiq.actor
    def note(*args: object) -> int:
        seen.append(args)
        return len(seen)

    inner = note.message("b") | note.message("c")
    (note.message("a") | inner | note.message("d")).run()
    stage.run()
    assert seen == [("a",), ("b", 1), ("c", 2), ("d", 3)]


def test_a_step_that_ignores_the_pipe_is_given_nothing_and_gives_on(stage: Stage) -> None:
    seen: list[tuple[object, ...]] = []

    @dramatiq.actor
    def note(*args: object) -> int:
        seen.append(args)
        return len(seen)

    piped(note.message("a"), step(note, "b", pipe_ignore=True), step(note, "c")).run()
    stage.run()
    assert seen == [("a",), ("b",), ("c", 2)]


def test_steps_may_be_actors_of_different_queues(stage: Stage) -> None:
    seen: list[str] = []

    @dramatiq.actor(queue_name="one")
    def one(text: str) -> str:
        return text + " one"

    @dramatiq.actor(queue_name="two")
    def two(text: str) -> None:
        seen.append(text + " two")

    piped(one.message("zero"), step(two)).run()
    stage.run("one", "two")
    assert seen == ["zero one two"]


def test_a_step_that_is_retried_hands_on_once(stage: Stage) -> None:
    seen: list[str] = []

    @dramatiq.actor
    def try_often() -> str:
        seen.append("try")
        if len(seen) < 3:
            raise RuntimeError("no luck")
        return "done"

    @dramatiq.actor
    def note(text: str) -> None:
        seen.append(text)

    piped(try_often.message(), step(note)).run()
    stage.run()
    assert seen == ["try", "try", "try", "done"]


def test_after_a_step_that_died_nothing_follows(stage: Stage) -> None:
    @dramatiq.actor(max_retries=1)
    def die() -> None:
        raise RuntimeError("no luck")

    @dramatiq.actor
    def never(_: object) -> None:
        raise AssertionError("it ran after a failure")

    piped(die.message(), step(never)).run()
    stage.run()
    assert [actor for actor, _ in stage.dead()] == ["die"]


def test_after_a_message_a_middleware_failed_nothing_follows(make_stage: MakeStage) -> None:
    # Listed last, it is the first to hear.
    stage = make_stage([*usual_middleware(), FailWhatReturnedNothing()])

    @dramatiq.actor
    def nothing() -> None: ...

    @dramatiq.actor
    def never() -> None:
        raise AssertionError("it ran after a failure")

    piped(nothing.message(), step(never, pipe_ignore=True)).run()
    stage.run()
    assert [actor for actor, _ in stage.dead()] == ["nothing"]


def test_a_pipelines_delay_and_a_steps_delay_are_waited_for(stage: Stage) -> None:
    ran: list[float] = []

    @dramatiq.actor
    def note(*_: object) -> int:
        ran.append(time.monotonic())
        return 1

    began = time.monotonic()
    piped(note.message(), step(note, delay=200)).run(delay=150)
    stage.run()
    first, second = ran
    assert first - began >= 0.15 - 0.002
    assert second - first >= 0.2 - 0.002


def test_a_first_step_waits_for_the_longer_of_its_own_delay_and_the_pipelines(
    stage: Stage,
) -> None:
    ran: list[float] = []

    @dramatiq.actor
    def note() -> None:
        ran.append(time.monotonic())

    began = time.monotonic()
    piped(step(note, delay=250)).run(delay=10)
    piped(step(note, delay=10)).run(delay=250)
    stage.run()
    assert all(moment - began >= 0.25 - 0.002 for moment in ran)


def test_results_of_a_pipeline_are_its_last_and_each_of_its_steps(stage: Stage) -> None:
    stage.keep_results()

    @dramatiq.actor
    def add(*numbers: int) -> int:
        return sum(numbers)

    pipe = piped(add.message(1, 2), add.message(3), add.message(4))
    pipe.run()
    assert (pipe.completed, pipe.completed_count) == (False, 0)
    with pytest.raises(ResultMissing):
        pipe.get_result()
    with pytest.raises(ResultTimeout):
        pipe.get_result(block=True, timeout=50)
    with stage.working():
        assert pipe.get_result(block=True, timeout=20_000) == 10
        assert list(pipe.get_results()) == [3, 6, 10]
        assert (pipe.completed, pipe.completed_count) == (True, 3)


def test_a_pipeline_of_many_steps_runs_each_once(stage: Stage) -> None:
    seen: list[int] = []

    @dramatiq.actor
    def count(number: int) -> int:
        seen.append(number)
        return number + 1

    steps: list[dramatiq.Message[Any]] = [count.message(0)]
    steps += [step(count) for _ in range(49)]
    piped(*steps).run()
    stage.run()
    assert seen == list(range(50))
