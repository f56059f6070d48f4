from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import psycopg

from scout_workers import embedded

if TYPE_CHECKING:
    from pathlib import Path

    from fix_embedded import Hold

HASTE = {"fsync": "off"}


def works(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_ten_processes_that_ask_at_once_share_one_server(data_dir: Path, hold: Hold) -> None:
    holders = [hold(data_dir) for _ in range(10)]
    answers = [holder.answer() for holder in holders]

    assert len({answer["url"] for answer in answers}) == 1
    assert len({answer["pid"] for answer in answers}) == 1
    assert works(answers[0]["url"])
    for holder in holders[1:]:
        assert holder.ask("release") == {"released": True}
    assert embedded.status(data_dir).state == "running"
    holders[0].ask("release")
    assert embedded.status(data_dir).state == "stopped"
    log = "".join(path.read_text() for path in embedded.status(data_dir).log.glob("*.log"))
    assert log.count("starting PostgreSQL") == 1


def test_processes_that_come_and_go_always_get_a_server_that_works(
    made: Path,
    hold: Hold,
) -> None:
    """Each wave's first arrivals meet the server while the wave before is stopping it."""
    previous = [hold(made)]
    assert works(previous[0].answer()["url"])
    for _ in range(4):
        current = [hold(made) for _ in range(3)]
        for holder in previous:
            holder.leave()
        for holder in current:
            assert works(holder.answer()["url"])
        previous = current
    for holder in previous:
        holder.leave()
    assert embedded.status(made).state == "stopped"


def test_the_server_outlives_its_killed_starter_while_others_use_it(
    made: Path,
    hold: Hold,
) -> None:
    starter = hold(made)
    pid = starter.answer()["pid"]
    user = hold(made)
    url = user.answer()["url"]
    starter.kill()
    assert works(url)
    assert embedded.status(made).pid == pid
    user.ask("release")
    assert embedded.status(made).state == "stopped"


def test_a_server_whose_users_were_all_killed_is_taken_over_by_the_next(
    made: Path,
    hold: Hold,
) -> None:
    holder = hold(made)
    pid = holder.answer()["pid"]
    holder.kill()  # it reads the pipe to its end: the server must not have inherited it
    assert embedded.status(made).pid == pid
    with embedded.acquire(made) as server:
        assert server.describe().pid == pid
        assert works(server.url)
    assert embedded.status(made).state == "stopped"


def test_ctrl_c_in_the_starters_terminal_does_not_reach_the_server(
    made: Path,
    hold: Hold,
) -> None:
    starter = hold(made)
    pid = starter.answer()["pid"]
    with embedded.acquire(made) as server:
        starter.interrupt()
        assert server.describe().pid == pid
        assert os.getsid(pid) != os.getsid(0)
        assert works(server.url)


def test_a_forked_child_does_not_keep_its_killed_parents_hold(made: Path, hold: Hold) -> None:
    parent = hold(made)
    parent.answer()
    child = parent.ask("fork")["child"]
    parent.process.kill()
    parent.process.wait()
    try:
        embedded.acquire(made).release()
        assert embedded.status(made).state == "stopped"
    finally:
        os.kill(child, signal.SIGKILL)


def test_control_without_the_fork_guard_the_child_keeps_the_server_for_ever(
    made: Path,
    hold: Hold,
) -> None:
    parent = hold(made, "--no-fork-guard")
    parent.answer()
    child = parent.ask("fork")["child"]
    parent.process.kill()
    parent.process.wait()
    try:
        embedded.acquire(made).release()
        assert embedded.status(made).state == "running"
    finally:
        os.kill(child, signal.SIGKILL)
    assert parent.answer() == {}  # the child is gone when its end of the pipe is closed
    embedded.acquire(made).release()


def test_a_forked_child_cannot_stop_the_server_of_its_parent(made: Path, hold: Hold) -> None:
    parent = hold(made)
    url = parent.answer()["url"]
    assert parent.ask("fork and release") == {"status": 0}
    embedded.acquire(made).release()  # it still sees the parent's hold, so it stops nothing
    assert works(url)
    parent.ask("release")
    assert embedded.status(made).state == "stopped"
