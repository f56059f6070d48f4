"""One camera, one capture and one model of its own for each fault and each provider.

A model of its own, so that a gate which one fault closes stays open for the others, and all of them
can be met at the same time.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PIL import Image

from scout_workers import messages
from scout_workers.domain.captures import BlobRef
from scout_workers.fake_llm.faults import FAULTS
from scout_workers.fake_llm.script import Step
from scout_workers.store import cameras, captures, organizations, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from scout_workers.app import App

RETRY_AFTER: Final = 6.0
# Of the others the next call is answered: what follows is the way back.
ALWAYS: Final = frozenset(
    {name for name, fault in FAULTS.items() if fault.rewriting is not None}
    | {"quota", "400", "401", "403", "404", "413", "context"}
)


@dataclass(frozen=True, slots=True)
class Probe:
    """One fault that one provider meets."""

    provider: str
    fault: str
    capture: UUID

    @property
    def always(self) -> bool:
        """Whether every call meets it, and not only the first."""
        return self.fault in ALWAYS

    @property
    def model(self) -> str:
        """The model that nobody else asks."""
        return model_of(self.fault)


def model_of(fault: str) -> str:
    """Name the model whose calls meet a fault."""
    return f"probe-{fault}"


def script(providers: Iterable[str], faults: Iterable[str]) -> list[Step]:
    """Return the steps that the fake provider plays."""
    return [
        Step(
            FAULTS[fault],
            times=0 if fault in ALWAYS else 1,
            wire=provider,
            model=model_of(fault),
            retry_after=RETRY_AFTER,
        )
        for provider in providers
        for fault in faults
    ]


def sent(app: App, providers: Iterable[str], faults: Iterable[str]) -> list[Probe]:
    """Put the captures and their messages in, as an import does."""
    faults = list(faults)
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "faults")
    return [
        Probe(provider, fault, _capture(app, organization, provider, fault, number))
        for provider in providers
        for number, fault in enumerate(faults)
    ]


def _capture(app: App, organization: UUID, provider: str, fault: str, number: int) -> UUID:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), (40 + number, 90, 120)).save(file, "JPEG")
    data = file.getvalue()
    blob = BlobRef("captures", f"{provider}/{fault}.jpg")
    app.blobs.write(blob, data, content_type="image/jpeg")
    with app.store.transaction() as tx:
        camera = cameras.find_or_create(tx, organization, f"{provider} {fault}")
        profiles.ensure_active(
            tx, organization, camera, provider=provider, model=model_of(fault), instructions=""
        )
        capture = captures.insert(
            tx,
            NewCapture(
                organization_id=organization,
                camera_id=camera,
                bucket=blob.bucket,
                key=blob.key,
                captured_at=datetime.now(UTC),
                size_bytes=len(data),
                sha256=hashlib.sha256(data + fault.encode()).hexdigest(),
                source=f"{fault}.jpg",
            ),
        )
        assert capture is not None
        messages.analyze_capture(capture).send(tx)
    return capture
