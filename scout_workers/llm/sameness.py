"""Whether two pictures show the same: unpaid measurements, for those who decide what is paid for.

fingerprint(image)         what it looks like, in 64 bits
distance(one, other)       in how many of them two pictures differ
news(image, earlier)       what is new in a picture against an earlier one
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers import phases
from scout_workers.domain.unchanged import News
from scout_workers.llm.local import phash
from scout_workers.llm.local.comparison import Outcome, compare
from scout_workers.llm.local.frame import frame_of
from scout_workers.llm.local.measured import look_at

if TYPE_CHECKING:
    from scout_workers.llm.protocol import PreparedImage


def fingerprint(image: PreparedImage) -> int:
    """Return the 64-bit fingerprint of a picture.

    Raises:
        TransactionHeldError: Called inside a transaction.
    """
    phases.outside_transaction("measuring an image")
    return phash.fingerprint_of(frame_of(image))


distance = phash.distance


def news(image: PreparedImage, earlier: PreparedImage) -> News:
    """Compare a picture with an earlier one of the same camera.

    Raises:
        TransactionHeldError: Called inside a transaction.
    """
    phases.outside_transaction("comparing images")
    now, before = frame_of(image), frame_of(earlier)
    apart = phash.distance(phash.fingerprint_of(now), phash.fingerprint_of(before))
    comparison = compare(look_at(now), [look_at(before)])
    if comparison.outcome is not Outcome.SAME:
        return News(apart, None)
    return News(apart, min(1.0, sum(change.area for change in comparison.changes)))
