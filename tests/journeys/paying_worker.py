"""A worker whose model keeps a receipt of every call in a file: what it was really asked, and when.

The real app, broker and stack; the provider stands where a hosted one would.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from functools import cached_property
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

ANSWER = {
    "headline": "Paid for.",
    "severity": "info",
    "flags": [],
    "observations": [
        {"kind": "scene", "text": "A grey field.", "severity": "info", "confidence": 1.0}
    ],
}


class PayingProvider(ModelProvider):
    """Answers after a while; each call costs a cent and leaves a line no crash can take back."""

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
        outside_transaction("model call")
        del references, complaint
        till = os.open(os.environ["TEST_TILL"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(till, f"{hashlib.sha256(image.jpeg).hexdigest()}\n".encode())
        os.close(till)
        pause = time.sleep
        pause(float(os.environ["TEST_CALL_SECONDS"]))
        return Answer(json.dumps(ANSWER), profile.model, Usage(10, 5), 10_000, "test", 1)


class PayingApp(App):
    @cached_property
    def models(self) -> Models:
        return Models({"local": PayingProvider()})


app = working_app(settings.load(), make=PayingApp)
broker = app.broker
