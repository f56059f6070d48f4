"""The scene: a container is told to stop under load, another one goes on, and nothing is lost."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg
from PIL import Image as Picture

from benchmarks.image.container import Container
from scout_workers import messages
from scout_workers.demo.imitated import PROVIDERS, pointing
from scout_workers.domain.captures import BlobRef
from scout_workers.store import cameras, captures, organizations, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.image.container import Image
    from scout_workers.app import App
    from scout_workers.fake_llm import FakeLLM

GIVE_UP_SECONDS: Final = 240.0
LOOK_SECONDS: Final = 0.2
COMPLETED: Final = "SELECT count(*) FROM scout.analyses WHERE state = 'completed'"
RUNNING: Final = "SELECT count(*) FROM scout.llm_calls WHERE status = 'started'"
LEFT: Final = "SELECT count(*) FROM scout_broker.message"
STANDING: Final[dict[str, str]] = {
    "completed": COMPLETED,
    "started": RUNNING,
    "succeeded": "SELECT count(*) FROM scout.llm_calls WHERE status = 'succeeded'",
    "in_doubt": "SELECT count(*) FROM scout.llm_calls WHERE status = 'in_doubt'",
    "waiting": "SELECT count(*) FROM scout_broker.message WHERE actor = 'analyze_capture'",
    "leased": "SELECT count(*) FROM scout_broker.message WHERE state = 'leased'",
    "dead": "SELECT count(*) FROM scout_broker.dead_message",
    "workers": "SELECT count(*) FROM scout_broker.worker",
    "twice": "SELECT count(*) - count(DISTINCT capture_id) FROM scout.analyses",
    "events": "SELECT count(*) FROM scout.events WHERE kind = 'analysis.completed'",
}


@dataclass(slots=True)
class Story:
    """What happened.

    Attributes:
        standing: The counts of `STANDING` and what the provider billed, after the signal and at
            the very end.
        running: Calls that were under way as the signal was sent.
        codes: The containers' exit codes.
        seconds: From the signal to the exit.
        health: What the image's own health check exited with and said, in the second container.
        status: What the kernel said of the first process.
    """

    standing: list[dict[str, int]] = field(default_factory=list)
    running: int = 0
    codes: list[int] = field(default_factory=list)
    seconds: float = 0.0
    health: tuple[int, str] = (-1, "")
    status: dict[str, str] = field(default_factory=dict)
    read_only: bool = False


class Scene:
    """Two containers of one image, one after the other.

    Args:
        app: Its database and its blobs are the containers' too.
        fake: Whom the containers ask.
        image: Which.
        folder: Holds `volume`, their data folder, and gets their log.
        count: Of captures.
    """

    def __init__(self, app: App, fake: FakeLLM, image: Image, folder: Path, count: int) -> None:
        self._fake, self._image, self._folder, self._count = fake, image, folder, count
        self._environment = pointing(fake) | {
            "DATABASE_URL": app.database_url,
            "SCOUT_VECTOR_SEARCH": "false",
            "SCOUT_CRON__IN_WORKERS": "false",
        }
        self._look = psycopg.connect(app.database_url, autocommit=True, application_name="look")
        _fill(app, count)
        _give(folder / "volume", *image.user)

    def play(self, number: signal.Signals) -> Story:
        """Stop the first container with a signal when a third is done; let the second finish."""
        story = Story()
        with self._started() as first:
            self._until(first, lambda: self._value(COMPLETED) >= self._count // 3)
            story.status, story.read_only = first.status(), first.root_is_read_only()
            story.running = self._value(RUNNING)
            sent = time.monotonic()
            first.signal(number)
            story.codes.append(first.wait(GIVE_UP_SECONDS))
            story.seconds = time.monotonic() - sent
        story.standing.append(self._standing())
        done = story.standing[0]["completed"]
        with self._started() as second:
            self._until(second, lambda: self._value(COMPLETED) > done)
            check = second.run(self._image.config["Healthcheck"]["Test"][1:])
            story.health = (check.returncode, (check.stdout + check.stderr).strip())
            self._until(second, lambda: self._value(LEFT) == 0)
            second.signal(signal.SIGTERM)
            story.codes.append(second.wait(GIVE_UP_SECONDS))
        story.standing.append(self._standing())
        self._look.close()
        return story

    def _started(self) -> Container:
        log = self._folder / "containers.log"
        return Container(self._image, self._folder / "volume", log, self._environment)

    def _until(self, container: Container, done: Any) -> None:  # noqa: ANN401 - a condition
        until = time.monotonic() + GIVE_UP_SECONDS
        while not done():
            if time.monotonic() > until or not container.running:
                raise RuntimeError("the container did not do its work; its log is above")
            time.sleep(LOOK_SECONDS)

    def _standing(self) -> dict[str, int]:
        counts = {name: self._value(query) for name, query in STANDING.items()}
        sums = self._fake.till.sums()
        return counts | {"billed": sums["billed"], "billed_again": sums["billed_again"]}

    def _value(self, query: str) -> int:
        return int((self._look.execute(query.encode()).fetchone() or (0,))[0])


def _fill(app: App, count: int) -> None:
    """Put captures and their messages in, as an import does; no two pictures are alike."""
    begin = datetime.now(UTC)
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "image")
        camera = cameras.find_or_create(tx, organization, "yard")
        profiles.ensure_active(
            tx,
            organization,
            camera,
            provider="openai",
            model=PROVIDERS["openai"].writes,
            instructions="",
        )
    for number in range(count):
        file = io.BytesIO()
        Picture.new("RGB", (64, 48), (number % 256, number // 256, 90)).save(file, "PNG")
        blob = BlobRef("captures", f"image/{number}.png")
        app.blobs.write(blob, file.getvalue(), content_type="image/png")
        with app.store.transaction() as tx:
            capture = captures.insert(
                tx,
                NewCapture(
                    organization_id=organization,
                    camera_id=camera,
                    bucket=blob.bucket,
                    key=blob.key,
                    captured_at=begin + timedelta(seconds=number),
                    size_bytes=file.tell(),
                    sha256=hashlib.sha256(file.getvalue()).hexdigest(),
                    source="image",
                ),
            )
            assert capture is not None
            messages.analyze_capture(capture).send(tx)


def _give(folder: Path, uid: int, gid: int) -> None:
    """Give a folder and all in it to a user."""
    for place, _, files in os.walk(folder):
        for name in ("", *files):
            os.chown(os.path.join(place, name), uid, gid)  # noqa: PTH118 - as walk yields it
