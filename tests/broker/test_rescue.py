"""Three rows, three owners, three fates; and a worker that slept through its own burial."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import dramatiq
from dramatiq.middleware import CurrentMessage
from fix_broker import eventually, rows, working

from scout_workers.broker import ClaimedMessage, EngineOptions, PostgresBroker, Pulse
from scout_workers.broker.heart import Surroundings
from scout_workers.broker.identity import ProcessIdentity
from scout_workers.broker.rescuer import Rescuer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_broker import MakeBroker

STATES = "SELECT message_id, state, rescues FROM scout_broker.message ORDER BY id"


def register(url: str, *, silent_for: float, pid: int = 1, pid_start: int = 1) -> UUID:
    worker = uuid4()
    here = ProcessIdentity.current()
    rows(
        url,
        "INSERT INTO scout_broker.worker (id, host, boot_id, pid_space, pid, pid_start, version, "
        "queues, threads, heartbeat_at) VALUES (%s, 'h', %s, %s, %s, %s, '', '{}', 1, "
        "now() - %s * interval '1 second')",
        *(worker, here.boot_id, here.pid_space, pid, pid_start, silent_for),
    )
    return worker


def leased_by(broker: PostgresBroker, url: str, owner: UUID, *, rescues: int = 0) -> str:
    sent = broker.enqueue(dramatiq.Message("default", "noop", (), {}, {}))
    rows(
        url,
        "UPDATE scout_broker.message SET state = 'leased', lease_owner = %s, attempt = 1, "
        "rescues = %s WHERE message_id = %s",
        *(owner, rescues, sent.message_id),
    )
    return sent.message_id


def rescuer(broker: PostgresBroker, around: Surroundings, *, max_deliveries: int = 3) -> Rescuer:
    return Rescuer(
        broker._database,
        Pulse(interval=5, dead_after=18),
        surroundings=lambda: around,
        max_deliveries=max_deliveries,
        rescued=lambda: None,
    )


def test_the_living_keep_their_leases_the_dead_lose_them_and_killers_die(
    broker: PostgresBroker, broker_database: str
) -> None:
    alive = register(broker_database, silent_for=17)
    dead = register(broker_database, silent_for=19)
    kept = leased_by(broker, broker_database, alive)
    back = leased_by(broker, broker_database, dead)
    killer = leased_by(broker, broker_database, dead, rescues=2)

    rescuer(broker, Surroundings(anybody_overdue=True)).run_once()

    assert rows(broker_database, STATES) == [(kept, "leased", 0), (back, "ready", 1)]
    assert rows(
        broker_database, "SELECT message_id, reason, attempt FROM scout_broker.dead_message"
    ) == [(killer, "max_deliveries", 1)]
    assert rows(broker_database, "SELECT id FROM scout_broker.worker") == [(alive,)]


def test_a_neighbour_whose_pid_is_gone_is_not_waited_for(
    broker: PostgresBroker, broker_database: str
) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    here = ProcessIdentity.current()
    start = _start(child.pid)
    process = ProcessIdentity(here.host, here.boot_id, here.pid_space, child.pid, start)
    worker = register(broker_database, silent_for=0, pid=child.pid, pid_start=start)
    message = leased_by(broker, broker_database, worker)
    look = rescuer(broker, Surroundings(neighbours=((worker, process),)))

    look.run_once()
    assert rows(broker_database, STATES) == [(message, "leased", 0)]

    child.kill()  # not waited for: a zombie, whose pid is still taken
    eventually(process.is_gone)
    look.run_once()
    assert rows(broker_database, STATES) == [(message, "ready", 1)]
    child.communicate()


def test_a_pid_taken_by_another_process_is_not_mistaken_for_the_old_one() -> None:
    here = ProcessIdentity.current()
    assert not here.is_gone()
    earlier = ProcessIdentity(here.host, here.boot_id, here.pid_space, here.pid, here.pid_start - 1)
    assert earlier.is_gone()


def test_a_lease_whose_owner_left_no_row_is_an_orphan(
    broker: PostgresBroker, broker_database: str
) -> None:
    message = leased_by(broker, broker_database, uuid4())
    assert rescuer(broker, Surroundings()).sweep() == (1, 0)
    assert rows(broker_database, STATES) == [(message, "ready", 1)]


def test_a_killed_process_on_this_machine_gives_its_message_back_within_three_seconds(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=EngineOptions())  # the defaults: heartbeats alone take 18 s
    ran = threading.Event()

    @dramatiq.actor(broker=broker)
    def hold() -> None:
        ran.set()

    hold.send()
    with _process(HOLDER, broker_database) as holder:
        eventually(lambda: rows(broker_database, STATES)[0][1] == "leased")
        with working(broker):
            eventually(lambda: len(broker.workers()) == 2)
            broker._process.started()._heart.wake()
            eventually(lambda: broker._process.started()._heart.surroundings.neighbours)
            os.kill(holder.pid, signal.SIGKILL)
            killed = time.monotonic()
            assert ran.wait(10)
            assert time.monotonic() - killed < 3


def test_a_worker_that_slept_through_its_burial_begins_nothing_and_takes_a_new_id(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker()
    lost: list[str] = []
    broker.lease_lost.append(lambda message: lost.append(message.message_id))
    began, buried = threading.Event(), threading.Event()

    @dramatiq.actor(broker=broker)
    def sleep_through() -> None:
        began.set()
        assert buried.wait(10)

    sent = sleep_through.send()
    with working(broker):
        assert began.wait(10)
        (old,) = broker.workers()
        rows(broker_database, "DELETE FROM scout_broker.worker WHERE id = %s", old.id)
        eventually(lambda: lost == [sent.message_id])
        eventually(lambda: [w.id for w in broker.workers() if w.id != old.id])
        buried.set()
        broker.join("default", timeout=10_000)


def test_a_worker_whose_queues_changed_while_it_slept_does_not_dig_itself_up_again(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=EngineOptions(pulse=Pulse(interval=60, dead_after=180)))
    lost: list[str] = []
    broker.lease_lost.append(lambda message: lost.append(message.message_id))
    began, buried = threading.Event(), threading.Event()

    @dramatiq.actor(broker=broker)
    def sleep_through() -> None:
        began.set()
        assert buried.wait(10)

    sent = sleep_through.send()
    with working(broker):
        assert began.wait(10)
        (old,) = broker.workers()
        rows(broker_database, "DELETE FROM scout_broker.worker WHERE id = %s", old.id)
        engine = broker._process.started()
        engine.serve("another")  # which has it beat at once
        eventually(lambda: lost == [sent.message_id])
        eventually(lambda: [w.queues for w in broker.workers()] == [["another", "default"]])
        assert old.id not in [w.id for w in broker.workers()]
        buried.set()
        broker.join("default", timeout=10_000)
        engine.leave("another")


def test_what_a_sleeper_had_in_hand_but_had_not_begun_is_given_back_unbegun(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker = make_broker(options=EngineOptions(pulse=Pulse(interval=60, dead_after=1.5)))
    began, go_on = threading.Event(), threading.Event()
    ran: list[str] = []

    @dramatiq.actor(broker=broker)
    def work(name: str) -> None:
        began.set()
        assert go_on.wait(10)
        ran.append(name)

    with working(broker, threads=1):
        work.send("first")
        assert began.wait(10)
        engine = broker._process.started()
        work.send("second")
        # One thread, and an unlimited queue may be claimed ahead by as much: let it.
        eventually(lambda: not engine._heart.is_fresh())
        go_on.set()
        eventually(lambda: ran == ["first"])
        eventually(
            lambda: (
                ("work", "ready")
                in rows(broker_database, "SELECT actor, state FROM scout_broker.message")
            )
        )
        # Before the shutdown, whose last heartbeat makes it a claimer like any other.
        assert ran == ["first"]


def test_a_message_given_up_runs_elsewhere_and_the_stuck_thread_settles_nothing(
    make_broker: MakeBroker, broker_database: str
) -> None:
    broker, other = make_broker(), make_broker()
    began, come_back = threading.Event(), threading.Event()
    lost: list[dramatiq.MessageProxy] = []
    ran: list[str] = []

    @dramatiq.actor(broker=broker)
    def stick() -> None:
        message: object = CurrentMessage.get_current_message()
        assert isinstance(message, ClaimedMessage)
        lost.append(message)
        began.set()
        assert come_back.wait(20)

    @dramatiq.actor(broker=other, actor_name="stick")
    def run() -> None:
        ran.append("elsewhere")

    stick.send()
    with working(broker, threads=1):
        assert began.wait(10)
        broker.give_up(lost[0])
        eventually(lambda: [row[1:] for row in rows(broker_database, STATES)] != [("leased", 0)])
        with working(other, threads=1):
            eventually(lambda: ran == ["elsewhere"])
        come_back.set()
        eventually(lambda: broker._process.started().stale == 1)
    assert rows(broker_database, STATES) == []


def _start(pid: int) -> int:
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 (one line of /proc)
        return int(stat.read().rpartition(")")[2].split()[19])


HOLDER = """
import sys, threading, dramatiq
from scout_workers.broker import PostgresBroker
broker = PostgresBroker(sys.argv[1], middleware=[])
dramatiq.set_broker(broker)

@dramatiq.actor
def hold():
    threading.Event().wait()

dramatiq.Worker(broker, worker_threads=1).start()
threading.Event().wait()
"""


@contextmanager
def _process(program: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", program, *arguments])
    try:
        yield process
    finally:
        process.kill()
        process.wait()
