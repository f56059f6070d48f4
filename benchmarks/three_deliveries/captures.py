"""The captures, each with a camera and a model of its own, and their messages."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PIL import Image

from scout_workers import messages
from scout_workers.domain.captures import BlobRef
from scout_workers.store import cameras, captures, organizations, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    import random
    from uuid import UUID

    from scout_workers.app import App

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def sent(app: App, count: int, deliveries: int, chance: random.Random) -> dict[str, UUID]:
    """Put the captures in and send each several times, all of them in a random order.

    Returns:
        The captures, by the model that is asked about each and about no other.
    """
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "three deliveries")
    models = {f"model-{number:03}": number for number in range(count)}
    made = {model: _capture(app, organization, model, number) for model, number in models.items()}
    every = [capture for capture in made.values() for _ in range(deliveries)]
    chance.shuffle(every)
    with app.store.transaction() as tx:
        for capture in every:
            messages.analyze_capture(capture).send(tx)
    return made


def _capture(app: App, organization: UUID, model: str, number: int) -> UUID:
    file = io.BytesIO()
    Image.new("RGB", (160, 100), (number % 256, 90, number // 256)).save(file, "JPEG")
    data = file.getvalue()
    blob = BlobRef("captures", f"{model}.jpg")
    app.blobs.write(blob, data, content_type="image/jpeg")
    with app.store.transaction() as tx:
        camera = cameras.find_or_create(tx, organization, f"camera of {model}")
        profiles.ensure_active(
            tx, organization, camera, provider="openai", model=model, instructions=""
        )
        capture = captures.insert(
            tx,
            NewCapture(
                organization_id=organization,
                camera_id=camera,
                bucket=blob.bucket,
                key=blob.key,
                captured_at=FIRST + timedelta(minutes=number),
                size_bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                source=blob.key,
            ),
        )
    assert capture is not None
    return capture
