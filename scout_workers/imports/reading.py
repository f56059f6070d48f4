"""One picture read: its bytes, its date, its key, and whether a model could be sent it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.imports.timestamps import Stamp, StampSource, stamp
from scout_workers.imports.walking import PICTURES, Found, SkipKind, Skipped, why_unreadable
from scout_workers.llm import images
from scout_workers.llm.protocol import ImageError

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

_HASH_IN_KEY = 32


@dataclass(frozen=True, slots=True)
class Reading:
    """A picture on its way into the store.

    Attributes:
        refusal: Why no model will be sent it; None where nothing speaks against it so far.
    """

    found: Found
    data: bytes
    sha256: str
    stamp: Stamp
    refusal: str | None

    @property
    def content_type(self) -> str:
        """What its name says it is."""
        return PICTURES[self.found.extension]

    def key(self, prefix: str) -> str:
        """Name the blob for its contents, so that the same file is the same blob for ever.

        The day is the one the picture itself tells, in its own time zone; a file's date is no part
        of the name, for a copy of the file has another.
        """
        day = "undated"
        if self.stamp.source is not StampSource.MTIME:
            day = self.stamp.moment.strftime("%Y/%m/%d")
        extension = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
        return f"{prefix}/{day}/{self.sha256[:_HASH_IN_KEY]}.{extension[self.content_type]}"


def read(found: Found, *, zone: tzinfo, now: datetime, limits: images.Limits) -> Reading | Skipped:
    """Read one picture; what became unreadable or too large since it was found is skipped.

    Args:
        found: The file.
        zone: The time zone of stamps without an offset.
        now: An aware datetime, to know a clock that was never set.
        limits: What is accepted.
    """
    try:
        with found.path.open("rb") as file:
            data = file.read(limits.bytes + 1)
    except OSError as error:
        return Skipped(found.name, why_unreadable(error), SkipKind.PICTURE)
    if len(data) > limits.bytes:
        reason = f"larger than the {limits.bytes / 1e6:.1f} MB allowed"
        return Skipped(found.name, reason, SkipKind.PICTURE)
    refusal = None
    try:
        images.inspect(data, limits)
    except ImageError as error:
        refusal = error.detail
    return Reading(
        found,
        data,
        hashlib.sha256(data).hexdigest(),
        stamp(data, found.name, found.mtime, zone, now),
        refusal,
    )
