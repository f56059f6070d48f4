"""Findings about the blob store and the model provider."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from scout_workers.cli.doctor.findings import error, ok
from scout_workers.domain.profiles import ProfileVersion
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding


def blobs(app: App) -> Iterator[Finding]:
    """Whether a blob can be written, read and deleted."""
    app.blobs.check()
    yield ok("blobs", f"{app.blobs.describe()}: written, read and deleted")


def provider(app: App) -> Iterator[Finding]:
    """Whether new cameras' provider is set up here."""
    wanted = app.settings.models
    nobody = UUID(int=0)
    profile = ProfileVersion(nobody, nobody, wanted.describe, wanted.model, "", "")
    try:
        app.models.provider_for(profile)
    except ModelError as problem:
        yield error("provider", problem.detail, "set SCOUT_MODELS__DESCRIBE to one that is")
    else:
        yield ok("provider", f"{wanted.describe}, model {wanted.model}")
