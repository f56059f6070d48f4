"""docs/operations.md: every command on it runs, every line of our logs and every state is on it."""

from __future__ import annotations

import ast
import io
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from dramatiq import Message
from fix_broker import eventually, rows
from fix_cli import MESSAGE

from scout_workers.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_cli import CommandLine
    from fix_store import Database, Yard
    from fix_typed import Typed

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)( elsewhere)?\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)

# What is not ours to run: it needs another machine, an image, or the owner's database.
ELSEWHERE = {"systemctl", "journalctl", "docker", "kubectl", "pip", "psql", "pg_dump", "export"}
# What runs until it is stopped.
LASTING = re.compile(r"dramatiq |scout-workers worker( --?\w.*)?$")
# What exits with 1 where something needs a hand.
ALARMS = re.compile(r"scout-workers (status|doctor|why|broker health|vacuum-report|alive)\b")


def _lines(kind: str, elsewhere: str = "") -> list[str]:
    return [
        line.strip()
        for each, mark, text in BLOCKS
        if (each, mark) == (kind, elsewhere)
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    ]


def _commands() -> list[str]:
    """Return every command of the page that runs here, each once, in its order."""
    inline = re.findall(r"`(scout-workers [^`]+)`", PAGE)
    by_clock = [re.sub(r"^(\S+\s+){6}/opt/scout/bin/", "", line) for line in _lines("crontab")]
    found = [*_lines("sh"), *(re.split(r" [>|]", line)[0] for line in by_clock), *inline]
    units = re.findall(r"^ExecStart=/opt/scout/bin/(.*)$", PAGE, flags=re.MULTILINE)
    in_order = sorted([*found, *units], key=PAGE.index)
    return list(dict.fromkeys(in_order))


COMMANDS = _commands()


def test_a_command_of_the_page_runs_here_or_is_marked_as_one_that_cannot() -> None:
    assert {(kind, mark) for kind, mark, _ in BLOCKS} == {
        *(("sh", ""), ("sh", " elsewhere"), ("ini", ""), ("crontab", ""), ("sql", "")),
    }
    assert {line.split()[0] for line in _lines("sh")} == {"scout-workers", "dramatiq"}
    assert {line.split()[0] for line in _lines("sh", " elsewhere")} == ELSEWHERE
    assert len(COMMANDS) > 60


def test_the_unit_gives_a_worker_the_time_and_the_signals_it_needs() -> None:
    unit = dict(re.findall(r"^(\w+)=(.*)$", PAGE, flags=re.MULTILINE))
    assert int(unit["TimeoutStopSec"]) > load(env="production").deadline.exit_seconds
    assert (unit["KillMode"], unit["Restart"]) == ("mixed", "always")


@pytest.fixture
def scene(yard: Yard, database: Database, typed: Typed, store_url: str) -> Iterator[Scene]:
    capture = yard.capture()
    message: Message[None] = Message("processing", "analyze_capture", (str(capture),), {}, {})
    for number in range(20):
        text = "OSError: no space for 3 bytes" if number % 2 else "KeyError: 'x'"
        reason = "undecodable" if number == 19 else "failed"
        database.rows(DEAD, 10**6 + number, number, reason, text, message.encode())
        database.rows(MESSAGE, "processing", "ready", 0)
    assert typed("cron --once").code == 0
    begun = typed("backfill run --camera yard --detach")
    assert begun.code == 0, begun.err
    made = Scene(store_url, database)
    yield made
    made.stop()


DEAD = """
    INSERT INTO scout_broker.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, reason, error, payload)
    VALUES (%s, 'm' || %s, 'processing', 'analyze_capture', 0, 3, now(), %s, %s, %s)
"""


NAMES = {
    "DEAD_ID": "SELECT id FROM scout_broker.dead_message WHERE reason = 'failed' ORDER BY id",
    "MESSAGE_ID": "SELECT message_id FROM scout_broker.message WHERE state = 'ready'",
    "WORKER_ID": "SELECT id FROM scout_broker.worker",
    "CAPTURE_ID": "SELECT id FROM scout.captures",
    "BACKFILL_ID": "SELECT id FROM scout.backfills",
}


class Scene:
    """What the words in capitals stand for, and a worker while one is spoken of."""

    def __init__(self, url: str, database: Database) -> None:
        self._url = url
        self._database = database
        self._worker: subprocess.Popen[bytes] | None = None

    def names(self, word: str) -> str:
        """Return what a word in capitals stands for now."""
        if word == "HOST":
            return socket.gethostname()
        return str(self._database.value(NAMES[word]))

    def work(self) -> None:
        """Have a worker run, if none does."""
        if self._worker is not None and self._worker.poll() is None:
            return
        folder = Path(__file__).parent
        command = [sys.executable, "-m", "dramatiq", "draining_worker:broker", "-p1", "-t2"]
        command += ["--path", str(folder / "middleware"), str(folder)]
        given = {"URL": self._url, "NOTES": os.devnull, "GO": "/", "DRAIN": "ours", "SECONDS": "0"}
        self._worker = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | given)
        eventually(lambda: rows(self._url, "SELECT id FROM scout_broker.worker"))

    def drained(self) -> None:
        """Wait until the worker has left, in order."""
        assert self._worker is not None
        assert self._worker.wait(30) == 0

    def stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()


class Answering(io.StringIO):
    """A terminal at which somebody says yes."""

    def isatty(self) -> bool:
        return True


@pytest.mark.heavy
def test_every_command_of_the_page_does_what_it_is_for(
    typed: Typed, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOUT_PROVIDERS__OPENAI__API_KEY", "sk-test")
    wrong = []
    for command in COMMANDS:
        if LASTING.match(command):
            continue
        monkeypatch.setattr("sys.stdin", Answering("y\n"))
        if " worker " in command:
            scene.work()
        words = [
            re.sub(r"\b[A-Z]+(_ID)?\b", lambda found: scene.names(found[0]), word)
            if word.isupper()
            else word
            for word in shlex.split(command)[1:]
        ]
        done = typed("", *words)
        if done.code not in ({0, 1} if ALARMS.match(command) else {0}):
            wrong.append(f"{command}: {done.code} {done.err.strip()}")
        if " worker drain" in command:
            scene.drained()
    assert not wrong, "\n".join(wrong)


@pytest.mark.heavy
@pytest.mark.parametrize("command", [each for each in COMMANDS if LASTING.match(each)])
def test_every_command_of_the_page_that_lasts_starts_and_stops(
    command: str, cli: CommandLine, database: Database, tmp_path: Path
) -> None:
    program, *words = shlex.split(command)
    module = "scout_workers" if program == "scout-workers" else program
    processes = int(words[words.index("--processes") + 1]) if "--processes" in words else 1
    few = [] if program == "scout-workers" else ["--processes", "1", "--threads", "1"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *words, *few], env=cli.environment, stderr=log
        )
        try:
            count = "SELECT count(*) FROM scout_broker.worker"
            eventually(lambda: database.value(count) == processes, within=60)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0, (tmp_path / "log").read_text()
        finally:
            process.kill()
            process.wait()


def test_every_statement_of_the_page_runs(store_url: str) -> None:
    statements = [text for kind, _, text in BLOCKS if kind == "sql"]
    with psycopg.connect(store_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    assert statements


def test_every_line_of_our_logs_from_warning_on_is_on_the_page() -> None:
    page = re.sub(r"\s+", " ", PAGE.replace("`", ""))
    unexplained = []
    for path in sorted((ROOT / "scout_workers").rglob("*.py")):
        if path.parent.name in {"fake_llm", "demo"}:  # what tests and demos say
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said = _logged(node)
            if said and said.replace("`", "") not in page:
                unexplained.append(f"{path.relative_to(ROOT)}: {said}")
    assert unexplained == []


def _logged(node: ast.AST) -> str | None:
    """Return the longest piece of a log line of ours that is the same each time."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    if node.func.attr not in {"warning", "error", "critical", "exception"} or not node.args:
        return None
    text = node.args[0]
    if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
        return None
    if ast.unparse(node.func.value) != "logger":
        return None
    pieces = re.split(r"%[-+0-9.]*[a-z]", text.value)
    return max((piece.strip(" :;,.()=\n") for piece in pieces), key=len)


def test_every_state_there_is_stands_on_the_page(store_url: str) -> None:
    table = PAGE.partition("## What the states mean")[2].partition("\n## ")[0]
    checks = rows(
        store_url,
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' "
        "AND pg_get_constraintdef(oid) ~ 'CHECK \\(\\((state|status) = ANY \\(ARRAY'",
    )
    states = {state for (text,) in checks for state in re.findall(r"'(\w+)'::text", text)}
    assert {"ready", "in_doubt", "unreadable", "split", "waiting"} - states <= {"split"}
    missing = {state for state in states if not re.search(rf"\b{state}\b", table)}
    assert missing == {"waiting", "in_flight"}, "a backfill's own, seen by nobody"
