"""The same actors, unedited, over each broker there is: from an import to observations; and what
is delivered twice is paid once."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fix_broker import eventually, rows
from fix_import import fill

from scout_workers import messages, settings
from scout_workers.app import App, open_app
from scout_workers.imports import import_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = 3
HERE = Path(__file__).parent


@pytest.fixture
def environment(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SCOUT_DATABASE_URL", store_url)
    monkeypatch.setenv("SCOUT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SCOUT_VECTOR_SEARCH", "false")
    monkeypatch.setenv("SCOUT_LOGGING__FORMAT", "json")
    monkeypatch.setenv("TEST_TILL", str(tmp_path / "till"))
    monkeypatch.setenv("TEST_CALL_SECONDS", "0.3")
    return monkeypatch


@pytest.fixture
def app(environment: pytest.MonkeyPatch, broker_setting: str | None) -> Iterator[App]:
    if broker_setting is not None:
        environment.setenv("SCOUT_BROKER__URL", broker_setting)
    with open_app(settings.load()) as app:
        yield app
        if broker_setting is not None and broker_setting.startswith("amqp"):
            app.broker.flush_all()  # other tests share the server


def test_a_capture_becomes_observations_and_what_comes_twice_is_paid_once(
    app: App, folder: Path, tmp_path: Path
) -> None:
    fill(folder, PICTURES)
    report = import_folder(app, folder, camera="yard")
    assert report.imported == PICTURES

    log = tmp_path / "log"
    with worker(log):
        eventually(lambda: completed(log)["broadcast_event"] == PICTURES, within=60)
        for (capture,) in rows(app.database_url, "SELECT id FROM scout.captures"):
            # On no broker are two messages one; and each has a way of its own to keep delayed ones.
            messages.analyze_capture(capture).send()
            messages.analyze_capture(capture).send(delay=200)
        eventually(lambda: completed(log)["analyze_capture"] == 3 * PICTURES)

    assert len((tmp_path / "till").read_text().split()) == PICTURES
    assert told(app.database_url) == [("completed", True)] * PICTURES


@pytest.mark.usefixtures("environment")
def test_the_control_whose_ledger_forgets_pays_twice(
    folder: Path, tmp_path: Path, store_url: str
) -> None:
    fill(folder, 1)
    log = tmp_path / "log"
    with open_app(settings.load()) as app, worker(log):
        import_folder(app, folder, camera="yard")
        eventually(lambda: completed(log)["broadcast_event"] == 1, within=60)
        rows(
            store_url,
            "TRUNCATE scout.events, scout.observations, scout.analyses, scout.llm_calls CASCADE",
        )
        for (capture,) in rows(store_url, "SELECT id FROM scout.captures"):
            messages.analyze_capture(capture).send()
        eventually(lambda: completed(log)["analyze_capture"] == 2)
    assert len((tmp_path / "till").read_text().split()) == 2


def test_the_stub_broker_takes_a_capture_through_one_process(
    environment: pytest.MonkeyPatch, folder: Path, store_url: str
) -> None:
    environment.setenv("SCOUT_BROKER__URL", "stub://")
    fill(folder, PICTURES)
    subprocess.run([sys.executable, HERE / "stub_journey.py", folder], check=True, timeout=60)
    assert set(told(store_url)) == {("completed", True)}
    assert rows(store_url, "SELECT count(*) FROM scout.llm_calls") == [(PICTURES,)]


def told(url: str) -> list[tuple[str, bool]]:
    """Return of every analysis its state, and whether its event was told; once for each word."""
    return [
        (str(state), bool(broadcast))
        for state, broadcast in rows(
            url,
            "SELECT a.state, e.broadcast_at IS NOT NULL FROM scout.analyses a "
            "JOIN scout.observations o ON o.analysis_id = a.id "
            "JOIN scout.events e ON e.subject_id = a.id",
        )
    ]


def completed(log: Path) -> Counter[str]:
    """Count by actor the messages that the worker says are completed."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line[:1] == "{"]
    return Counter(line["actor"] for line in lines if line.get("outcome") == "completed")


@contextlib.contextmanager
def worker(log: Path) -> Iterator[None]:
    """The real command with a provider that keeps receipts; told to stop, it ends by itself."""
    command = ["-m", "dramatiq", "paying_worker", "--path", str(HERE)]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *command, "--processes", "1", "--threads", "6"],
            start_new_session=True,
            stdout=file,
            stderr=file,
        )
    try:
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, log.read_text()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
