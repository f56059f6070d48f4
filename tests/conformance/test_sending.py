"""What is sent arrives as it was sent, however much it is, and is not run by the sender."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker
from dramatiq.common import current_millis
from dramatiq.middleware import CurrentMessage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_conformance import Stage


@pytest.fixture
def pickled() -> Iterator[None]:
    """Messages and results are pickled for the length of the test."""
    usual = dramatiq.get_encoder()
    dramatiq.set_encoder(dramatiq.PickleEncoder())
    yield
    dramatiq.set_encoder(usual)


def test_sending_returns_the_message_and_runs_nothing(stage: Stage) -> None:
    @dramatiq.actor(queue_name="letters")
    def write(_name: str, *, times: int) -> None:
        raise AssertionError(f"the sender ran it {times} times")

    before = current_millis()
    sent = write.send("Ada", times=2)
    assert (sent.queue_name, sent.actor_name) == ("letters", "write")
    assert (sent.args, sent.kwargs) == (("Ada",), {"times": 2})
    assert before <= sent.message_timestamp <= current_millis()
    stage.broker.flush("letters")


def test_an_actor_called_as_a_function_runs_here_and_sends_nothing(stage: Stage) -> None:
    @dramatiq.actor
    def add(one: int, two: int) -> int:
        return one + two

    assert add(1, 2) == 3
    stage.join(timeout=1000)  # nobody works here: it is empty


def test_arguments_arrive_as_json_gives_them_back(stage: Stage) -> None:
    seen: list[object] = []

    @dramatiq.actor
    def note(*args: object, **kwargs: object) -> None:
        seen.append((args, kwargs))

    sent = ("ÄÖ 日本 🦊 \\ \" '", None, True, 2**70, -0.5, [1, {"a": [None]}])
    note.send(*sent, key="wört")
    stage.run()
    note.send((1, 2))
    stage.run()
    assert seen == [(sent, {"key": "wört"}), (([1, 2],), {})]


def test_a_message_is_delivered_with_the_id_time_and_options_it_was_sent_with(
    stage: Stage,
) -> None:
    seen: list[dramatiq.Message[Any] | None] = []

    @dramatiq.actor
    def look() -> None:
        seen.append(CurrentMessage.get_current_message())

    sent = look.send_with_options(max_retries=7, own={"trace": "1-2"})
    stage.run()
    (got,) = seen
    assert got is not None
    assert (got.message_id, got.message_timestamp) == (sent.message_id, sent.message_timestamp)
    assert (got.options["max_retries"], got.options["own"]) == (7, {"trace": "1-2"})
    assert CurrentMessage.get_current_message() is None


def test_an_argument_of_several_hundred_kilobytes_arrives_whole(stage: Stage) -> None:
    seen: list[str] = []

    @dramatiq.actor
    def note(text: str) -> None:
        seen.append(text)

    text = "ä\n" * 100_000
    note.send(text)
    stage.run()
    assert seen == [text]


def test_what_cannot_be_encoded_is_refused_and_nothing_is_sent(stage: Stage) -> None:
    @dramatiq.actor
    def note(_: object) -> None:
        raise AssertionError("it was sent")

    with pytest.raises(TypeError):
        note.send(object())
    stage.join(timeout=1000)


@pytest.mark.usefixtures("pickled")
def test_with_another_encoder_whatever_it_can_encode_arrives(stage: Stage) -> None:
    seen: list[object] = []
    stage.keep_results()

    @dramatiq.actor
    def note(value: object) -> set[str]:
        seen.append(value)
        return {"a", "b"}

    sent = note.send((1, b"\x00\xff", {3, 4}, 1 + 2j))
    stage.run()
    assert seen == [(1, b"\x00\xff", {3, 4}, 1 + 2j)]
    assert stage.results.get_result(sent) == {"a", "b"}


def test_thousands_of_messages_from_many_threads_each_run_once(stage: Stage) -> None:
    senders, each = 4, 500
    seen: list[int] = []

    @dramatiq.actor
    def note(number: int) -> None:
        seen.append(number)

    def send(first: int) -> None:
        for number in range(first, first + each):
            note.send(number)

    with stage.working() as worker:
        threads = [
            threading.Thread(target=send, args=[sender * each], name=f"sender-{sender}")
            for sender in range(senders)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stage.join()
        worker.join()
    assert Counter(seen) == Counter(range(senders * each))


def test_one_thread_runs_a_queues_messages_in_the_order_they_were_sent(stage: Stage) -> None:
    if isinstance(stage.broker, StubBroker) and dramatiq.__version__ < "2.2":
        pytest.skip("before 2.2 a worker takes what StubBroker brought in any order")
    seen: list[int] = []

    @dramatiq.actor
    def note(number: int) -> None:
        seen.append(number)

    for number in range(50):
        note.send(number)
    stage.run(threads=1)
    assert seen == list(range(50))


def test_the_same_message_enqueued_twice_runs_twice(stage: Stage) -> None:
    seen: list[str] = []

    @dramatiq.actor
    def note() -> None:
        message = CurrentMessage.get_current_message()
        assert message is not None
        seen.append(message.message_id)

    message = note.message()
    stage.broker.enqueue(message)
    stage.broker.enqueue(message)
    stage.run()
    assert seen == [message.message_id] * 2


def test_an_actor_may_enqueue_the_message_it_is_working_on_again(stage: Stage) -> None:
    ids: list[str] = []

    @dramatiq.actor
    def again() -> None:
        message = CurrentMessage.get_current_message()
        assert message is not None
        ids.append(message.message_id)
        if len(ids) < 3:
            stage.broker.enqueue(message)

    again.send()
    stage.run()
    assert len(ids) == 3
    assert len(set(ids)) == 1


def test_what_an_actor_sent_before_it_failed_is_sent(stage: Stage) -> None:
    seen: list[str] = []

    @dramatiq.actor
    def note(name: str) -> None:
        seen.append(name)

    @dramatiq.actor(max_retries=0)
    def send_and_fail() -> None:
        note.send("sent")
        raise RuntimeError("no luck")

    send_and_fail.send()
    stage.run()
    assert seen == ["sent"]
    assert [actor for actor, _ in stage.dead()] == ["send_and_fail"]
