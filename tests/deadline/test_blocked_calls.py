"""Each kind of call that blocks is freed at the limit, though its own timeout never fires."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from scout_workers import deadline
from scout_workers.deadline import DeadlineExceeded

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 0.7


@contextmanager
def freed_at_the_limit() -> Iterator[deadline.Deadline]:
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded), deadline.starting(LIMIT) as budget:
        yield budget
    assert LIMIT <= time.monotonic() - began < LIMIT + 0.5


def test_a_blocked_recv_is_freed_by_shutting_its_socket() -> None:
    ours, silent = socket.socketpair()
    with (
        closing(ours),
        closing(silent),
        freed_at_the_limit() as budget,
        budget.register(lambda: ours.shutdown(socket.SHUT_RDWR)),
    ):
        ours.recv(1)


def test_a_server_that_drips_a_byte_at_a_time_is_cut_off_though_no_read_ever_times_out() -> None:
    ours, dripping = socket.socketpair()
    ours.settimeout(5)
    with (
        closing(ours),
        closing(dripping),
        freed_at_the_limit() as budget,
        budget.register(lambda: ours.shutdown(socket.SHUT_RDWR)),
    ):
        dripping.sendall(b".")
        while ours.recv(1):
            dripping.sendall(b".")


def test_a_blocked_query_is_freed_by_cancelling_it(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        with (
            freed_at_the_limit() as budget,
            budget.register(lambda: connection.cancel_safe(timeout=5)),
        ):
            connection.execute("SELECT pg_sleep(60)")
        row = connection.execute("SELECT 1").fetchone()
        assert row == (1,)


def test_a_subprocess_that_does_not_end_is_killed() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        subprocess.Popen(command) as process,
        freed_at_the_limit() as budget,
        budget.register(process.kill),
    ):
        process.wait()
    assert process.returncode == -9
