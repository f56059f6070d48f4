"""A message that is taken back: its blocked call is cut off, its effects are refused, its thread
goes on with others."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.middleware import CurrentMessage
from fix_broker import eventually, rows, working

from scout_workers import deadline, stack
from scout_workers.broker import Aborted, EngineOptions, Pulse
from scout_workers.middleware.recall import MessageAborted, MessageLost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_broker import MakeBroker
    from fix_http import Peer, RawServer, StartRawServer

HEARTBEAT = 0.5
WAITING = "SELECT message_id, state FROM scout_broker.message ORDER BY id"
DEAD = "SELECT message_id, reason, error FROM scout_broker.dead_message"
QUIET = EngineOptions(pulse=Pulse(interval=60, dead_after=180))


class Model:
    """A server that is asked and says nothing; it notes when its callers come and go."""

    def __init__(self, raw_server: StartRawServer) -> None:
        self.asked, self.left = threading.Event(), threading.Event()
        self.server: RawServer = raw_server(self._listen)

    def _listen(self, peer: Peer) -> None:
        self.asked.set()
        while peer.goes_on(0.02):
            pass
        self.left.set()


@pytest.fixture
def model(raw_server: StartRawServer) -> Model:
    """A model server that never answers."""
    return Model(raw_server)


def ask(port: int) -> bytes:
    """Call the model as providers do: under a deadline of its own, with a cancel handle."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        cut = connection.shutdown
        with (
            deadline.starting(60) as budget,
            budget.register(lambda: cut(socket.SHUT_RDWR)),
        ):
            return connection.recv(100)


def test_a_call_that_waits_for_a_silent_model_is_aborted_within_a_heartbeat_and_a_second(
    make_broker: MakeBroker, broker_database: str, model: Model
) -> None:
    broker = make_broker(middleware=stack.middleware())
    asker = make_broker(middleware=[])
    raised: list[BaseException] = []

    @dramatiq.actor(broker=broker)
    def describe() -> None:
        try:
            ask(model.server.port)
        except BaseException as error:
            raised.append(error)
            raise

    sent = describe.send()
    with working(broker, threads=1):
        assert model.asked.wait(10)
        asked_at = time.monotonic()
        assert asker.aborts.abort(sent.message_id) is Aborted.RUNNING
        assert model.left.wait(10)
        eventually(lambda: rows(broker_database, DEAD))
        assert time.monotonic() - asked_at < HEARTBEAT + 1
    assert [type(error) for error in raised] == [MessageAborted]
    ((message_id, reason, error),) = rows(broker_database, DEAD)
    assert (message_id, reason) == (sent.message_id, "aborted")
    assert error == "MessageAborted: somebody asked that the message be ended"
    assert rows(broker_database, WAITING) == []


def test_an_actor_that_registered_no_call_is_interrupted_all_the_same(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(middleware=stack.middleware())
    began, never = threading.Event(), threading.Event()
    ended: list[str] = []

    @dramatiq.actor(broker=broker, time_limit=float("inf"))
    def compute() -> None:
        began.set()
        while not never.wait(0.01):
            pass

    dramatiq.actor(broker=broker, actor_name="mourn")(
        lambda message, _counts: ended.append(message["message_id"])
    )
    sent = compute.send_with_options(on_retry_exhausted="mourn")
    with working(broker, threads=1):
        assert began.wait(10)
        broker.aborts.abort(sent.message_id)
        eventually(lambda: ended == [sent.message_id])
    assert [row[:2] for row in rows(broker_database, DEAD)] == [(sent.message_id, "aborted")]


def test_an_abort_that_comes_before_the_function_is_called_is_not_missed(
    make_broker: MakeBroker, broker_database: str
) -> None:
    class AbortFirst(dramatiq.Middleware):
        def before_process_message(
            self, broker: dramatiq.Broker, message: dramatiq.MessageProxy
        ) -> None:
            del broker
            # The thread has begun with it, and no call is there to be cut off yet.
            aborts.abort(message.message_id)
            assert told.wait(10)

    told, ran = threading.Event(), threading.Event()
    broker = make_broker(middleware=[AbortFirst(), *stack.middleware()], options=QUIET)
    aborts = broker.aborts
    dramatiq.actor(broker=broker, actor_name="work")(ran.set)
    with working(broker, threads=1):
        broker.abort_asked.append(lambda _: told.set())
        sent = broker.enqueue(dramatiq.Message("default", "work", (), {}, {}))
        eventually(lambda: rows(broker_database, DEAD))
    assert [row[:2] for row in rows(broker_database, DEAD)] == [(sent.message_id, "aborted")]
    assert not ran.is_set()


def test_an_aborted_message_whose_thread_nothing_frees_is_dead_and_not_given_to_others(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(
        middleware=stack.middleware(attempt_seconds=59, limit_seconds=59.8, exit_seconds=60)
    )
    began, come_back = threading.Event(), threading.Lock()
    come_back.acquire()

    @dramatiq.actor(broker=broker)
    def stick() -> None:
        began.set()
        come_back.acquire()

    sent = stick.send()
    with working(broker, threads=1):
        assert began.wait(10)
        broker.aborts.abort(sent.message_id)
        eventually(lambda: rows(broker_database, DEAD))
        come_back.release()
        eventually(lambda: broker._process.started().stale == 1)
    ((_, reason, error),) = rows(broker_database, DEAD)
    assert (reason, error) == ("aborted", "aborted; its thread did not come back")
    assert rows(broker_database, WAITING) == []


def test_every_message_aborted_as_it_ends_is_either_done_or_dead(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(middleware=stack.middleware(), options=QUIET)
    never = threading.Event()
    done: list[str] = []

    class Done(dramatiq.Middleware):
        def after_process_message(
            self,
            broker: dramatiq.Broker,
            message: dramatiq.MessageProxy,
            *,
            result: object = None,
            exception: BaseException | None = None,
        ) -> None:
            del broker, result
            if exception is None:
                done.append(message.message_id)

    broker.add_middleware(Done())

    @dramatiq.actor(broker=broker)
    def work_for_a_moment() -> None:
        budget = deadline.current()
        assert budget is not None
        message = CurrentMessage.get_current_message()
        assert message is not None
        began[message.message_id].set()
        ended = threading.Event()
        with budget.register(ended.set):
            ended.wait(0.01)

    sent = [work_for_a_moment.message() for _ in range(60)]
    began = {message.message_id: threading.Event() for message in sent}
    with working(broker, threads=2) as worker:
        for number, message in enumerate(sent):
            broker.enqueue(message)
            assert began[message.message_id].wait(10)
            never.wait(0.012 * (number % 12) / 12)
            broker.aborts.abort(message.message_id)
        broker.join("default", timeout=20_000)
        assert all(thread.is_alive() for thread in worker.workers)
        assert broker._process.started().stale == 0
    dead = [message_id for message_id, _, _ in rows(broker_database, DEAD)]
    assert sorted(done + dead) == sorted(message.message_id for message in sent)
    assert dead
    assert done


def test_a_lost_message_is_not_retried_by_the_one_that_lost_it(
    make_broker: MakeBroker, broker_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    broker = make_broker(middleware=stack.middleware())
    began, never = threading.Event(), threading.Event()
    raised: list[type[BaseException]] = []

    @dramatiq.actor(broker=broker)
    def compute() -> None:
        began.set()
        try:
            while not never.wait(0.01):
                pass
        except BaseException as error:
            raised.append(type(error))
            raise

    sent = compute.send()
    with working(broker, threads=1):
        assert began.wait(10)
        thief = _living_worker(broker_database)
        rows(
            broker_database,
            "UPDATE scout_broker.message SET lease_owner = %s, attempt = attempt + 1",
            thief,
        )
        rows(broker_database, "DELETE FROM scout_broker.worker WHERE id <> %s", thief)
        eventually(lambda: raised == [MessageLost])
        eventually(lambda: broker._process.started().stale == 1)
    assert rows(broker_database, WAITING) == [(sent.message_id, "leased")]
    assert "compute refused in" in caplog.text


def test_a_frozen_worker_that_comes_back_drops_its_call_and_goes_on_with_other_messages(
    make_broker: MakeBroker, broker_database: str, broker_url: str, model: Model, tmp_path: Path
) -> None:
    rescuer = make_broker(middleware=stack.middleware())
    ran: list[str] = []
    dramatiq.actor(broker=rescuer, actor_name="describe", queue_name="shared")(
        lambda port: ran.append(str(port))
    )
    rescuer.declare_queue("own")
    log = tmp_path / "log"
    with _sleeper(broker_url, log) as sleeper:
        sent = rescuer.enqueue(dramatiq.Message("shared", "describe", (model.server.port,), {}, {}))
        assert model.asked.wait(20)
        sleeper.send_signal(signal.SIGSTOP)
        with working(rescuer, threads=1):
            # The rescuer serves the queue `own` as well, so it must have gone before it is filled.
            eventually(lambda: ran == [str(model.server.port)])
            eventually(lambda: rows(broker_database, WAITING) == [])
        assert not model.left.is_set()

        sleeper.send_signal(signal.SIGCONT)
        woken = time.monotonic()
        assert model.left.wait(10)
        assert time.monotonic() - woken < 2
        eventually(lambda: "describe refused in" in log.read_text())

        rescuer.enqueue(dramatiq.Message("own", "note", (str(tmp_path / "note"),), {}, {}))
        eventually((tmp_path / "note").exists)
    assert rows(broker_database, WAITING) == []
    assert rows(broker_database, DEAD) == []
    text = log.read_text()
    assert "this worker was declared dead while it slept" in text
    assert "outcome of" in text
    assert "was refused: the message is somebody else's now" in text
    assert sent.message_id in text
    assert (tmp_path / "note").read_text() == "written"


def test_a_cut_reaches_calls_within_calls_but_not_what_must_still_be_written() -> None:
    freed: list[str] = []
    with deadline.starting(60) as outer:
        with pytest.raises(MessageAborted):
            _be_cut_within(outer, freed)
        with pytest.raises(MessageAborted):
            deadline.clip(5)
        with pytest.raises(MessageAborted), deadline.starting(10):
            deadline.clip(5)
        with deadline.at_least(5) as still:
            assert deadline.clip(3) == 3
            with still.register(lambda: freed.append("written")):
                pass
    assert freed == ["inner"]


def _be_cut_within(outer: deadline.Deadline, freed: list[str]) -> None:
    with deadline.starting(30) as inner, inner.register(lambda: freed.append("inner")):
        outer.cut(MessageAborted)
        eventually(lambda: freed == ["inner"])


def _living_worker(url: str) -> object:
    ((worker,),) = rows(
        url,
        "INSERT INTO scout_broker.worker (id, host, boot_id, pid_space, pid, pid_start, version, "
        "queues, threads, heartbeat_at) VALUES (gen_random_uuid(), 'h', '', '', 1, 1, '', '{}', 1, "
        "now() + interval '1 hour') RETURNING id",
    )
    return worker


SLEEPER = """
import logging, pathlib, sys, threading
import dramatiq
from scout_workers import stack
from scout_workers.broker import EngineOptions, PostgresBroker, Pulse
from test_recall import ask

logging.basicConfig(level="INFO", filename=sys.argv[2])
broker = PostgresBroker(
    sys.argv[1],
    middleware=stack.middleware(),
    options=EngineOptions(pulse=Pulse(interval=0.3, dead_after=1.2)),
)
dramatiq.set_broker(broker)
dramatiq.actor(ask, actor_name="describe", queue_name="shared")

@dramatiq.actor(queue_name="own")
def note(path):
    part = pathlib.Path(path + ".part")
    part.write_text("written")
    part.rename(path)

dramatiq.Worker(broker, worker_threads=1).start()
threading.Event().wait()
"""


@contextmanager
def _sleeper(url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    here = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEPER, url, str(log)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
