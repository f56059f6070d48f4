"""Findings about the blob store and the model providers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scout_workers.app.providers import choices
from scout_workers.cli.doctor.findings import error, ok, warn
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding

_SLOW_SECONDS = 5.0


def blobs(app: App) -> Iterator[Finding]:
    """Whether a blob can be written, read and deleted."""
    began = time.monotonic()
    app.blobs.check()
    took = time.monotonic() - began
    text = f"{app.blobs.describe()}: written, read and deleted in {took:.2f} s"
    if took > _SLOW_SECONDS:
        yield warn(
            "blobs", text, "each picture is read before a model is asked: look at the way there"
        )
    else:
        yield ok("blobs", text)


def providers(app: App) -> Iterator[Finding]:
    """Whether everybody who may be asked is set up here, and can be reached."""
    wanted: dict[str, list[str]] = {}
    for purpose, choice in choices(app.settings).items():
        for name, model in (choice.first, *choice.fallbacks):
            wanted.setdefault(name, []).append(f"{purpose}: {model}")
    for name, purposes in wanted.items():
        try:
            found = app.models.provider(name).probe()
        except ModelError as problem:
            yield error(
                f"provider {name}", problem.detail, f"it is chosen for {'; '.join(purposes)}"
            )
        else:
            yield ok(f"provider {name}", f"{found} ({'; '.join(purposes)})")
