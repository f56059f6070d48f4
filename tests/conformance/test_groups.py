"""Groups run side by side, give their results in order, and call back once when all is done."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.results import ResultTimeout
from fix_broker import eventually
from fix_conformance import grouped, piped, step

if TYPE_CHECKING:
    from fix_conformance import Composition, Stage


def tells(members: Composition, done: int) -> bool:
    return members.completed_count == done


@pytest.fixture
def storing(stage: Stage) -> Stage:
    stage.keep_results()
    return stage


@pytest.fixture
def calling(stage: Stage) -> Stage:
    stage.call_back_groups()
    return stage


def test_members_run_side_by_side(storing: Stage) -> None:
    meet = threading.Barrier(4, timeout=20)

    @dramatiq.actor
    def work() -> int:
        return meet.wait()

    members = grouped(*(work.message() for _ in range(4)))
    members.run()
    with storing.working(threads=4):
        members.wait(timeout=20_000)
        assert set(members.get_results()) == {0, 1, 2, 3}


def test_results_come_in_the_order_of_the_members_whoever_ends_first(storing: Stage) -> None:
    last_is_done = threading.Event()

    @dramatiq.actor
    def work(number: int) -> int:
        if number == 2:
            last_is_done.set()
        assert last_is_done.wait(20)
        return number

    members = grouped(*(work.message(number) for number in range(3)))
    members.run()
    with storing.working():
        assert list(members.get_results(block=True, timeout=20_000)) == [0, 1, 2]


def test_a_group_tells_how_far_it_is(storing: Stage) -> None:
    gates = [threading.Event() for _ in range(3)]

    @dramatiq.actor
    def work(number: int) -> None:
        assert gates[number].wait(20)

    members = grouped(*(work.message(number) for number in range(3)))
    members.run()
    with storing.working():
        assert (members.completed, members.completed_count) == (False, 0)
        with pytest.raises(ResultTimeout):
            members.wait(timeout=50)
        # From the first to the last: before 2.0 Dramatiq counts to the first that is not there.
        for done, gate in enumerate(gates, start=1):
            gate.set()
            eventually(partial(tells, members, done))
        assert members.completed


def test_groups_of_groups_give_results_of_results(storing: Stage) -> None:
    @dramatiq.actor
    def double(number: int) -> int:
        return 2 * number

    members = grouped(
        *(grouped(double.message(number), double.message(number + 1)) for number in (0, 10))
    )
    members.run()
    with storing.working():
        assert list(members.get_results(block=True, timeout=20_000)) == [[0, 2], [20, 22]]


def test_a_groups_delay_is_every_members(storing: Stage) -> None:
    @dramatiq.actor
    def work() -> None: ...

    members = grouped(work.message(), piped(work.message(), step(work, pipe_ignore=True)))
    members.run(delay=3_600_000)
    with storing.working(), pytest.raises(ResultTimeout):
        members.wait(timeout=200)
    assert members.completed_count == 0


def test_a_callback_runs_once_and_after_every_member(calling: Stage) -> None:
    done: list[str] = []

    @dramatiq.actor
    def work(number: int) -> None:
        done.append(f"member {number}")

    @dramatiq.actor(queue_name="news")
    def finish(name: str) -> None:
        done.append(name)

    members = grouped(*(work.message(number) for number in range(20)))
    members.add_completion_callback(finish.message("finished"))
    members.run()
    calling.run("default", "news", threads=8)
    assert len(done) == 21
    assert done[-1] == "finished"


def test_each_of_several_callbacks_runs(calling: Stage) -> None:
    done: list[str] = []

    @dramatiq.actor
    def work() -> None: ...

    @dramatiq.actor
    def finish(name: str) -> None:
        done.append(name)

    members = grouped(work.message(), work.message())
    members.add_completion_callback(finish.message("one"))
    members.add_completion_callback(finish.message("two"))
    members.run()
    calling.run()
    assert sorted(done) == ["one", "two"]


def test_of_a_pipeline_its_last_step_is_the_member(calling: Stage) -> None:
    done: list[str] = []

    @dramatiq.actor
    def work(name: str, *_: object) -> int:
        done.append(name)
        return 1

    @dramatiq.actor
    def finish() -> None:
        done.append("finished")

    members = grouped(piped(work.message("a"), work.message("b")), work.message("c"))
    members.add_completion_callback(finish.message())
    members.run()
    calling.run(threads=1)
    assert sorted(done[:3]) == ["a", "b", "c"]
    assert done[3:] == ["finished"]


def test_a_member_that_is_retried_is_counted_when_it_succeeds(calling: Stage) -> None:
    done: list[str] = []

    @dramatiq.actor
    def work(name: str) -> None:
        done.append(name)
        if name == "late" and done.count("late") < 3:
            raise RuntimeError("no luck")

    @dramatiq.actor
    def finish() -> None:
        done.append("finished")

    members = grouped(work.message("early"), work.message("late"))
    members.add_completion_callback(finish.message())
    members.run()
    calling.run()
    assert done.count("late") == 3
    assert done[-1] == "finished"
    assert done.count("finished") == 1


def test_after_a_member_that_died_nobody_is_called_back(calling: Stage) -> None:
    @dramatiq.actor(max_retries=0)
    def work(number: int) -> None:
        if number == 1:
            raise RuntimeError("no luck")

    @dramatiq.actor
    def finish() -> None:
        raise AssertionError("it was called back")

    members = grouped(*(work.message(number) for number in range(3)))
    members.add_completion_callback(finish.message())
    members.run()
    calling.run()
    assert [actor for actor, _ in calling.dead()] == ["work"]


def test_a_group_may_be_run_again_and_calls_back_again(calling: Stage) -> None:
    done: list[int] = []

    @dramatiq.actor
    def work() -> None: ...

    @dramatiq.actor
    def finish() -> None:
        done.append(1)

    members = grouped(work.message(), work.message())
    members.add_completion_callback(finish.message())
    with calling.working() as worker:
        for runs in (1, 2):
            members.run()
            calling.join()
            worker.join()
            assert len(done) == runs


def test_without_its_middleware_a_group_with_a_callback_does_not_run(stage: Stage) -> None:
    @dramatiq.actor
    def work() -> None: ...

    members = grouped(work.message())
    members.add_completion_callback(work.message())
    with pytest.raises(RuntimeError, match="GroupCallbacks"):
        members.run()
    stage.join(timeout=1)
