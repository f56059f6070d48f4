"""A worker whose model takes its time: what `dramatiq slow_worker` imports for connections.py."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scout_workers import settings
from scout_workers.app import App
from scout_workers.app.working import working_app
from scout_workers.domain.calls import Answer, Usage
from scout_workers.llm.models import Models
from scout_workers.llm.protocol import ModelProvider
from scout_workers.phases import outside_transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.llm.protocol import PreparedImage

SECONDS = float(os.environ["BENCH_SECONDS"])
REPORT = Path(os.environ["BENCH_REPORT"])
ANSWER = json.dumps(
    {"headline": "The model took its time.", "severity": "info", "flags": [], "observations": []}
)


class SlowProvider(ModelProvider):
    """Answers everything alike, after a while, as a hosted model does."""

    name = "local"
    references_wanted = 0

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
        time.sleep(SECONDS)
        return Answer(ANSWER, profile.model, Usage(), 0, "free", int(SECONDS * 1000))


class SlowApp(App):
    """The app with that model, which leaves a report of its pools when it closes."""

    @cached_property
    def models(self) -> Models:
        """The slow model alone."""
        return Models({"local": SlowProvider()})

    def close(self) -> None:
        """Write the report, then close."""
        pools = [self.pool, self.broker.pool]  # type: ignore[attr-defined]  # ours
        REPORT.write_text(json.dumps([asdict(pool.stats()) for pool in pools]))
        super().close()


app = working_app(settings.load(), make=SlowApp)
broker = app.broker
