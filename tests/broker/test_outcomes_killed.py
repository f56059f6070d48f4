"""kill -9 between what middleware enqueue after processing and the acknowledgement.

Retries, Pipelines, Callbacks and GroupCallbacks have then enqueued what follows. Where that and the
acknowledgement are two operations it happens twice; here it happens with the acknowledgement.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from fix_broker import eventually, rows

PROGRAM = Path(__file__).with_name("outcome_worker.py")
FIXTURES = Path(__file__).parents[1]
FOLLOWED = {"retried 1", "buried", "piped on", "called back", "complete"}
WHAT_RAN_BEFORE = {"retried 0", "exhausted", "piped", "called", "member 0", "member 1"}

# What follows from a message has to pass a gate before it is in the table.
GATE = """
    CREATE TABLE gate AS SELECT 1 AS one;
    CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM FROM public.gate FOR SHARE; RETURN new; END';
    CREATE TRIGGER gated BEFORE INSERT ON scout_broker.message FOR EACH ROW
        WHEN (new.actor IN ('buried', 'piped_on', 'called_back', 'complete'))
        EXECUTE FUNCTION pass_gate();
"""
AT_THE_GATE = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND %s = ANY (pg_blocking_pids(pid))
"""


class Workers:
    """Worker processes, one after the other, on a queue of their own.

    Args:
        url: The broker.
        folder: Where they write down what ran.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._log = folder / "log"
        self._command = [
            sys.executable,
            str(PROGRAM),
            url,
            f"outcomes-{uuid4().hex}",
            str(self._log),
        ]

    @property
    def ran(self) -> Counter[str]:
        """How often each thing ran."""
        return Counter(self._log.read_text().splitlines())

    def start(self, what: str) -> subprocess.Popen[str]:
        """Start one."""
        return subprocess.Popen(
            [*self._command, what],
            env=os.environ | {"PYTHONPATH": str(FIXTURES)},
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, what: str, *, ends: int = 0) -> None:
        """Start one and wait until it ends, in this way."""
        with self.start(what) as process:
            _, said = process.communicate(timeout=60)
        assert process.returncode == ends, said


def killed_and_succeeded(url: str, folder: Path) -> Counter[str]:
    """Kill a worker there, let another do the rest; return how often each thing ran."""
    workers = Workers(url, folder)
    workers.run("kill", ends=-signal.SIGKILL)
    workers.run("work")
    return workers.ran


def test_what_follows_from_messages_of_a_killed_worker_happens_once(
    broker_url: str, broker_database: str, tmp_path: Path
) -> None:
    ran = killed_and_succeeded(broker_url, tmp_path)
    assert ran == dict.fromkeys(FOLLOWED, 1) | dict.fromkeys(WHAT_RAN_BEFORE, 2)
    assert rows(broker_database, "SELECT actor FROM scout_broker.dead_message") == [("exhausted",)]


def test_what_follows_happens_once_though_the_kill_comes_in_the_middle_of_the_settlement(
    broker_database: str, tmp_path: Path
) -> None:
    rows(broker_database, GATE)
    workers = Workers(broker_database, tmp_path)
    with psycopg.connect(broker_database) as keeper:
        keeper.execute("SELECT FROM gate FOR UPDATE")

        def held_up() -> bool:
            return rows(broker_database, AT_THE_GATE, keeper.info.backend_pid) != []

        with workers.start("send") as process:
            try:
                # Its ack is executed, what follows from it is not, and neither is committed.
                eventually(held_up)
            finally:
                process.kill()
    workers.run("work")
    assert {what: workers.ran[what] for what in FOLLOWED} == dict.fromkeys(FOLLOWED, 1)
    assert 2 in {workers.ran[what] for what in WHAT_RAN_BEFORE}


def test_the_control_on_redis_does_what_follows_twice(redis_url: str, tmp_path: Path) -> None:
    ran = killed_and_succeeded(redis_url, tmp_path)
    assert {what for what in FOLLOWED if ran[what] > 1} == FOLLOWED


@pytest.mark.heavy
def test_the_control_on_rabbitmq_does_what_follows_twice(amqp_url: str, tmp_path: Path) -> None:
    ran = killed_and_succeeded(amqp_url, tmp_path)
    assert {what for what in FOLLOWED if ran[what] > 1} == FOLLOWED - {"complete"}
