"""kill -9 in the middle of the work: nothing is lost, nothing is written twice, and whatever may
have been paid twice says so by name."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fix_broker import eventually, rows
from PIL import Image

from scout_workers import messages, settings
from scout_workers.app import App, open_app
from scout_workers.domain.captures import BlobRef
from scout_workers.llm import images
from scout_workers.store import cameras, captures, organizations, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

CAPTURES = 200
DONE = "SELECT count(*) FROM scout.analyses WHERE state = 'completed'"


@pytest.fixture
def app(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("SCOUT_DATABASE_URL", empty_database)
    monkeypatch.setenv("SCOUT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SCOUT_VECTOR_SEARCH", "false")
    monkeypatch.setenv("TEST_TILL", str(tmp_path / "till"))
    monkeypatch.setenv("TEST_CALL_SECONDS", "0.2")
    with open_app(settings.load()) as app:
        yield app


@pytest.mark.heavy
def test_two_hundred_captures_survive_three_kills(app: App, tmp_path: Path) -> None:
    sold = send_captures(app)
    for done in (30, 80, 140):
        with worker() as process:
            eventually(partial(has_done, app, done), within=60)
            os.killpg(process.pid, signal.SIGKILL)
    with worker():
        eventually(partial(has_done, app, CAPTURES), within=60)
        eventually(lambda: count(app, "SELECT count(*) FROM scout_broker.message") == 0)

    assert count(app, "SELECT count(*) FROM scout.observations") == CAPTURES
    assert count(app, "SELECT count(*) FROM scout.events WHERE broadcast_at IS NULL") == 0
    assert count(app, "SELECT count(*) FROM scout_broker.dead_message") == 0
    paid = Counter((tmp_path / "till").read_text().split())
    assert paid.keys() == sold.keys()
    in_doubt = Counter(
        row[0]
        for row in rows(
            app.database_url,
            "SELECT a.capture_id FROM scout.llm_calls c JOIN scout.analyses a "
            "ON c.subject_id = a.id WHERE c.status = 'in_doubt'",
        )
    )
    unexplained = {
        sold[image]: times for image, times in paid.items() if times > 1 + in_doubt[sold[image]]
    }
    assert unexplained == {}
    assert count(app, "SELECT count(*) FROM scout.llm_calls WHERE status = 'started'") == 0


def send_captures(app: App) -> dict[str, UUID]:
    """Store as many different pictures as captures; return which picture is whose."""
    sold: dict[str, UUID] = {}
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "journey")
        camera = cameras.find_or_create(tx, organization, "yard")
        profiles.ensure_active(
            tx, organization, camera, provider="local", model="paying", instructions=""
        )
    for number in range(CAPTURES):
        file = io.BytesIO()
        # Its number in black and white blocks, which survive being made a JPEG.
        bits = Image.new("L", (8, 1))
        bits.putdata([255 * (number >> bit & 1) for bit in range(8)])
        bits.resize((128, 16), Image.Resampling.NEAREST).save(file, "PNG")
        blob = BlobRef("captures", f"journey/{number}.png")
        app.blobs.write(blob, file.getvalue(), content_type="image/png")
        with app.store.transaction() as tx:
            capture = captures.insert(
                tx,
                NewCapture(
                    organization_id=organization,
                    camera_id=camera,
                    bucket=blob.bucket,
                    key=blob.key,
                    captured_at=datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=number),
                    size_bytes=len(file.getvalue()),
                    sha256=sha256(file.getvalue()).hexdigest(),
                ),
            )
            assert capture is not None
            messages.analyze_capture(capture).send(tx)
        sold[sha256(images.prepare(file.getvalue()).jpeg).hexdigest()] = capture
    assert len(sold) == CAPTURES
    return sold


@contextlib.contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """The real command in a process group of its own, which is gone after the block."""
    command = ["-m", "dramatiq", "paying_worker", "--path", str(Path(__file__).parent)]
    process = subprocess.Popen(
        [sys.executable, *command, "--processes", "1", "--threads", "22"],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def has_done(app: App, number: int) -> bool:
    return count(app, DONE) >= number


def count(app: App, query: str) -> int:
    return int(rows(app.database_url, query)[0][0])
