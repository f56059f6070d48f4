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

from fix_broker import rows

PROGRAM = Path(__file__).with_name("outcome_worker.py")
FIXTURES = Path(__file__).parents[1]
FOLLOWED = {"retried 1", "buried", "piped on", "called back", "complete"}
WHAT_RAN_BEFORE = {"retried 0", "exhausted", "piped", "called", "member 0", "member 1"}


def killed_and_succeeded(url: str, folder: Path) -> Counter[str]:
    """Kill a worker there, let another do the rest; return how often each thing ran."""
    log = folder / "log"
    queue = f"outcomes-{uuid4().hex}"
    for what, ends in (("kill", -signal.SIGKILL), ("work", 0)):
        process = subprocess.run(
            [sys.executable, PROGRAM, url, queue, log, what],
            env=os.environ | {"PYTHONPATH": str(FIXTURES)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert process.returncode == ends, process.stderr
    return Counter(log.read_text().splitlines())


def test_what_follows_from_messages_of_a_killed_worker_happens_once(
    broker_url: str, broker_database: str, tmp_path: Path
) -> None:
    ran = killed_and_succeeded(broker_url, tmp_path)
    assert ran == dict.fromkeys(FOLLOWED, 1) | dict.fromkeys(WHAT_RAN_BEFORE, 2)
    assert rows(broker_database, "SELECT actor FROM scout_broker.dead_message") == [("exhausted",)]


def test_the_control_on_redis_does_what_follows_twice(redis_url: str, tmp_path: Path) -> None:
    ran = killed_and_succeeded(redis_url, tmp_path)
    assert {what for what in FOLLOWED if ran[what] > 1} == FOLLOWED


def test_the_control_on_rabbitmq_does_what_follows_twice(amqp_url: str, tmp_path: Path) -> None:
    ran = killed_and_succeeded(amqp_url, tmp_path)
    assert {what for what in FOLLOWED if ran[what] > 1} == FOLLOWED - {"complete"}
