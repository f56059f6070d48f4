"""The worker: its model sleeps as long as its name says, all images are one image.

What `dramatiq benchmarks.backfill.worker` imports. Every second it leaves a report of its pools, so
that a killed process has left one too; and the model writes a line for each call before it answers.
"""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scout_workers import settings
from scout_workers.app import App
from scout_workers.app.providers import choices
from scout_workers.app.working import working_app
from scout_workers.blobs.files import FileStore
from scout_workers.domain.calls import Answer, Usage
from scout_workers.domain.captures import BlobRef
from scout_workers.llm.local import LocalProvider
from scout_workers.llm.models import Models
from scout_workers.phases import outside_transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.llm.protocol import PreparedImage

FOLDER = Path(os.environ["BENCH_FOLDER"])
IMAGE = BlobRef("captures", "bench/one.jpg")
ANSWER = json.dumps(
    {
        "headline": "Nothing new.",
        "severity": "info",
        "flags": [],
        "observations": [{"kind": "scene", "text": "Grey.", "severity": "info", "confidence": 1.0}],
    }
)


class SleepingProvider(LocalProvider):
    """Describes all alike after as many seconds as the model's name says; each call is told.

    What follows from observations, texts found and hours summarized, is worked as it always is.
    """

    references_wanted = 0

    def __init__(self) -> None:
        self._till = os.open(FOLDER / "till", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def describe(
        self,
        image: PreparedImage,
        profile: ProfileVersion,
        references: Sequence[PreparedImage] = (),
        *,
        complaint: str | None = None,
    ) -> Answer:
        """Wait, then answer."""
        outside_transaction("model call")
        del image, references, complaint
        os.write(self._till, b".")
        seconds = float(profile.model)
        if seconds:
            time.sleep(seconds)
        return Answer(ANSWER, profile.model, Usage(1000, 50), 100, "bench", int(seconds * 1000))


class OneImage(FileStore):
    """Every capture's image is the same file."""

    def read(self, ref: BlobRef, *, limit: int) -> bytes:
        """Read the one image."""
        del ref
        return super().read(IMAGE, limit=limit)


class BenchApp(App):
    """The app with that model and that image."""

    @cached_property
    def models(self) -> Models:
        """The sleeping model alone, for all that the settings choose."""
        return Models({"local": SleepingProvider()}, choices(self.settings))

    @cached_property
    def blobs(self) -> FileStore:
        """The one image."""
        return OneImage(self.settings.blobs.folder(self.settings.data_dir))

    def provide(self) -> None:
        """Also begin to report."""
        super().provide()
        threading.Thread(target=self._report, name="bench-report", daemon=True).start()

    def _report(self) -> None:
        pools = [self.pool, self.broker.pool]  # type: ignore[attr-defined]  # ours
        path = FOLDER / f"pools-{os.getpid()}.json"
        while True:
            time.sleep(1.0)
            new = path.with_suffix(".new")
            new.write_text(json.dumps([asdict(pool.stats()) for pool in pools]))
            new.rename(path)


app = working_app(settings.load(), make=BenchApp)
broker = app.broker
