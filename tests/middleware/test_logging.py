from __future__ import annotations

import io
import json
import logging
import re
import threading
from typing import TYPE_CHECKING, Any, Literal

import dramatiq
import pytest
from dramatiq.middleware import SkipMessage

from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.middleware.deadline_limit import DeadlineLimit
from scout_workers.middleware.departure import Departure
from scout_workers.middleware.log_context import LogContext, current_fields
from scout_workers.middleware.log_format import set_up
from scout_workers.middleware.retries import VerdictRetries
from scout_workers.middleware.zombies import Zombies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dramatiq.broker import MessageProxy
    from fix_stub_worker import RunStubWorker

    SetUp = Callable[[str, Literal["text", "json"]], io.StringIO]

CANARY = "canary-5e0c"


@pytest.fixture
def set_up_log() -> Iterator[SetUp]:
    """Set logging up as a worker does, onto a stream of the test's; undone afterwards."""
    root = logging.getLogger()
    names = ["scout_workers", "dramatiq"]
    before = root.handlers[:], root.level, [logging.getLogger(name).level for name in names]

    def run(level: str, layout: Literal["text", "json"]) -> io.StringIO:
        stream = io.StringIO()
        set_up(level, layout, stream=stream)
        return stream

    yield run
    root.handlers[:], root.level = before[0], before[1]
    for name, own in zip(names, before[2], strict=True):
        logging.getLogger(name).setLevel(own)


class SkipsAll(dramatiq.Middleware):
    def before_process_message(self, broker: dramatiq.Broker, message: MessageProxy) -> None:
        raise SkipMessage("not today")


def limit() -> DeadlineLimit:
    return DeadlineLimit(zombies=Zombies(Departure()))


def process(
    stub_worker: RunStubWorker,
    function: Callable[..., object],
    *extra: dramatiq.Middleware,
    arguments: tuple[object, ...] = (),
) -> str:
    """Process one message to its end; its id."""
    function.__module__ = "scout_workers.actors.look"  # whose logger an Actor speaks through
    retries = VerdictRetries(max_retries=1, min_backoff=1, max_backoff=1)
    with stub_worker(LogContext(), *extra, retries, limit()) as stub:
        actor = stub.actor(function, actor_name="look")
        message = actor.send(*arguments)
        stub.join()
    return message.message_id


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def outcomes(stream: io.StringIO) -> list[tuple[str, str]]:
    return [(line["outcome"], line["level"]) for line in lines(stream) if "outcome" in line]


def test_every_line_written_under_a_message_says_which(
    stub_worker: RunStubWorker, set_up_log: SetUp
) -> None:
    stream = set_up_log("INFO", "json")

    def talk() -> None:
        logging.getLogger("some.library").warning("said %s", "something")

    message_id = process(stub_worker, talk)
    (said,) = [line for line in lines(stream) if line["message"] == "said something"]
    assert (said["message_id"], said["actor"], said["queue"]) == (message_id, "look", "default")
    assert (said["attempt"], said["level"], said["logger"]) == (1, "WARNING", "some.library")
    outside = [line for line in lines(stream) if "Shutting down" in line["message"]]
    assert outside != []
    assert all("message_id" not in line for line in outside)


def test_the_same_in_text_for_people(stub_worker: RunStubWorker, set_up_log: SetUp) -> None:
    stream = set_up_log("INFO", "text")
    message_id = process(stub_worker, lambda: None)
    (line,) = [line for line in stream.getvalue().splitlines() if "completed" in line]
    assert f"[look {message_id} default #1]: look completed in " in line


def test_each_outcome_has_its_one_line(stub_worker: RunStubWorker, set_up_log: SetUp) -> None:
    stream = set_up_log("INFO", "json")
    process(stub_worker, lambda: None)
    process(stub_worker, lambda: None, SkipsAll())
    assert outcomes(stream) == [("completed", "INFO"), ("skipped", "INFO")]

    def fail(error: BaseException) -> Callable[[], None]:
        def failing() -> None:
            raise error

        return failing

    stream = set_up_log("INFO", "json")
    process(stub_worker, fail(OSError("disk")))
    assert outcomes(stream) == [("retried", "WARNING"), ("failed", "ERROR")]
    assert [line["reason"] for line in lines(stream) if "outcome" in line] == ["OSError"] * 2

    stream = set_up_log("INFO", "json")
    process(stub_worker, fail(ScoutError(ErrorClass.IMAGE_UNREADABLE, "truncated")))
    assert outcomes(stream) == [("failed", "WARNING")]
    assert "Traceback" not in stream.getvalue(), "an expected error is one line"

    stream, times = set_up_log("INFO", "json"), iter(range(2))

    def limited_once() -> None:
        if next(times) == 0:
            raise ScoutError(ErrorClass.RATE_LIMITED, "slow down", retry_after=0.01)

    process(stub_worker, limited_once)
    assert outcomes(stream) == [("deferred", "INFO"), ("completed", "INFO")]


def test_an_unexpected_error_keeps_its_traceback_in_one_json_line(
    stub_worker: RunStubWorker, set_up_log: SetUp
) -> None:
    stream = set_up_log("INFO", "json")

    def fail() -> None:
        raise ZeroDivisionError("unexpected")

    process(stub_worker, fail)
    tracebacks = [line["exception"] for line in lines(stream) if "exception" in line]
    assert len(tracebacks) == 2
    assert all("ZeroDivisionError: unexpected" in each for each in tracebacks)


@pytest.mark.parametrize("layout", ["text", "json"])
def test_no_argument_of_a_message_is_ever_logged_not_even_at_debug(
    stub_worker: RunStubWorker, set_up_log: SetUp, layout: Literal["text", "json"]
) -> None:
    stream = set_up_log("DEBUG", layout)

    def fail(word: str) -> None:
        raise OSError(f"a text of {len(word)} letters")

    process(stub_worker, fail, arguments=(CANARY,))
    process(stub_worker, lambda word: word.upper(), arguments=(CANARY,))
    process(stub_worker, lambda _: None, SkipsAll(), arguments=(CANARY,))
    written = stream.getvalue()
    assert "Received message look[" in written, "Dramatiq's DEBUG lines are there"
    assert re.search(r"Failed to process message look\[[0-9a-f-]{36}\]", written)
    assert CANARY not in written


def test_without_the_filter_the_same_lines_show_every_argument(
    stub_worker: RunStubWorker, set_up_log: SetUp
) -> None:
    stream = set_up_log("DEBUG", "text")
    logging.getLogger().handlers[0].filters.clear()
    process(stub_worker, lambda word: word.upper(), arguments=(CANARY,))
    assert f"Received args=('{CANARY}',) kwargs=" in stream.getvalue()
    assert f"Received message look('{CANARY}')" in stream.getvalue()


def test_at_debug_only_our_own_loggers_and_dramatiqs_are_more_talkative(set_up_log: SetUp) -> None:
    stream = set_up_log("DEBUG", "text")
    logging.getLogger("botocore.endpoint").debug("Authorization: %s", CANARY)
    logging.getLogger("scout_workers.anything").debug("seen")
    assert "seen" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def test_a_line_with_named_arguments_is_cleaned_like_any_other(set_up_log: SetUp) -> None:
    stream = set_up_log("INFO", "text")
    message: dramatiq.Message[None] = dramatiq.Message("default", "look", (CANARY,), {}, {})
    logging.getLogger("some.library").warning("about %(message)s", {"message": message})
    logging.getLogger("some.library").warning("about nothing at 100%%")
    assert f"about look[{message.message_id}]" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def test_a_thread_between_messages_speaks_for_none(
    stub_worker: RunStubWorker, set_up_log: SetUp
) -> None:
    set_up_log("INFO", "json")
    acknowledged: list[tuple[object, object]] = []
    done = threading.Event()

    class Watches(dramatiq.Middleware):
        def before_ack(self, broker: dramatiq.Broker, message: MessageProxy) -> None:
            acknowledged.append((current_fields() is not None, message.message_id))

        def before_worker_thread_shutdown(
            self, broker: dramatiq.Broker, thread: threading.Thread
        ) -> None:
            acknowledged.append((current_fields(), None))
            done.set()

    with stub_worker(LogContext(), Watches(), threads=1) as stub:
        message = stub.actor(lambda: None, actor_name="look").send()
        stub.join()
    assert done.is_set()
    assert acknowledged == [(True, message.message_id), (None, None)]
