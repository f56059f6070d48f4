from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from scout_workers import embedded
from scout_workers.embedded import folders, identity, installation, postmaster, processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fix_embedded import Hold

HASTE = {"fsync": "off"}


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.002)


def kill_server(data_dir: Path) -> None:
    pid = embedded.status(data_dir).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: processes.command_of(pid) is None)


@contextmanager
def a_program_of_the_servers_user(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Something else under the server's user: it could get the dead server's process id."""
    who = identity.choose(folders.look(data_dir).cluster)
    with subprocess.Popen(
        ["sleep", "1000"],
        user=who.uid if who.borrowed else None,
        extra_groups=[] if who.borrowed else None,
    ) as program:
        yield program
        assert program.poll() is None
        program.kill()


def put_into_the_pid_file(data_dir: Path, pid: int) -> None:
    where = folders.look(data_dir)
    text = f"{pid}\n{where.cluster}\n1700000000\n5432\n\n127.0.0.1\n       0         0\nready   \n"
    folders.write_privately(
        where.cluster / "postmaster.pid",
        text,
        identity.choose(where.cluster),
    )


def test_after_kill_9_of_the_server_the_next_user_finds_all_committed_data(
    data_dir: Path,
) -> None:
    with embedded.acquire(data_dir, options=HASTE) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        with psycopg.connect(server.url, autocommit=True) as held:
            kill_server(data_dir)
            with embedded.acquire(data_dir, options=HASTE) as again:
                assert again.url == server.url
                with psycopg.connect(again.url) as connection:
                    assert connection.execute("SELECT n FROM kept").fetchone() == (42,)
            with pytest.raises(psycopg.OperationalError):
                held.execute("SELECT 1")


def test_no_second_server_starts_while_a_backend_of_the_killed_one_still_works(
    made: Path,
) -> None:
    """A busy backend does not notice that its postmaster died, and goes on writing."""
    busy = "DO $$ BEGIN WHILE clock_timestamp() < now() + interval '2s' LOOP END LOOP; END $$"
    is_active = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND state = 'active'"
    with (
        embedded.acquire(made, options=HASTE) as server,
        closing(psycopg.connect(server.url, autocommit=True)) as connection,
    ):
        orphan = connection.info.backend_pid
        connection.pgconn.send_query(busy.encode())
        with psycopg.connect(server.url, autocommit=True) as other:
            wait_until(lambda: other.execute(is_active, [orphan]).fetchone())
        kill_server(made)
        assert processes.command_of(orphan) is not None
        with embedded.acquire(made, options=HASTE) as again:
            assert processes.command_of(orphan) is None
            with psycopg.connect(again.url) as works:
                works.execute("SELECT 1")


def test_a_stale_pid_file_whose_number_another_program_has_is_no_obstacle(
    made: Path,
) -> None:
    with a_program_of_the_servers_user(made) as program:
        put_into_the_pid_file(made, program.pid)
        assert embedded.status(made).state == "stopped"
        with (
            embedded.acquire(made, options=HASTE) as server,
            psycopg.connect(server.url) as connection,
        ):
            connection.execute("SELECT 1")


def test_control_postgres_alone_refuses_to_start_on_such_a_pid_file(made: Path) -> None:
    embedded.acquire(made, options=HASTE).release()
    cluster = folders.look(made).cluster
    program = installation.find_all()[-1].program("postgres")
    with a_program_of_the_servers_user(made) as other:
        put_into_the_pid_file(made, other.pid)
        done = identity.choose(cluster).run([program, "-D", cluster], seconds=30)
    assert done.code != 0
    assert 'lock file "postmaster.pid" already exists' in done.output


def test_a_pid_file_of_a_process_that_is_gone_is_no_obstacle(made: Path) -> None:
    embedded.acquire(made, options=HASTE).release()
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    put_into_the_pid_file(made, gone.pid)
    with embedded.acquire(made, options=HASTE) as server:
        assert server.describe().state == "running"


def test_a_zombie_is_not_taken_for_a_living_server(made: Path) -> None:
    """Where nobody reaps, a dead server's process id answers kill(pid, 0) for ever."""
    embedded.acquire(made, options=HASTE).release()
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        os.kill(zombie.pid, 0)
        put_into_the_pid_file(made, zombie.pid)
        assert postmaster.find(folders.look(made)) is None
        embedded.acquire(made, options=HASTE).release()


@pytest.mark.parametrize("stage", ["postgresql.conf", "global/pg_control"])
def test_a_cluster_whose_making_was_killed_midway_is_made_anew(
    data_dir: Path,
    hold: Hold,
    stage: str,
) -> None:
    maker = hold(data_dir)
    home = data_dir / "postgres"
    wait_until(lambda: any((path / stage).exists() for path in home.glob("cluster.new.*")))
    maker.kill()
    assert not (home / "cluster").exists()
    with (
        embedded.acquire(data_dir, options=HASTE) as server,
        psycopg.connect(server.url) as connection,
    ):
        connection.execute("SELECT 1")
    assert list(home.glob("cluster.new.*")) == []


def test_leftovers_of_a_power_cut_in_the_middle_of_initdb_are_deleted(data_dir: Path) -> None:
    leftover = data_dir / "postgres" / "cluster.new.0badcafe"
    (leftover / "base" / "1").mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18\n")
    with embedded.acquire(data_dir, options=HASTE) as server:
        assert server.describe().state == "running"
    assert not leftover.exists()


def test_a_starter_killed_while_the_server_starts_leaves_one_server_at_most(
    made: Path,
    hold: Hold,
) -> None:
    embedded.acquire(made, options=HASTE).release()
    starter = hold(made)
    wait_until((folders.look(made).cluster / "postmaster.pid").exists)
    starter.process.kill()
    with (
        embedded.acquire(made, options=HASTE) as server,
        psycopg.connect(server.url) as connection,
    ):
        connection.execute("SELECT 1")
    assert embedded.status(made).state == "stopped"
