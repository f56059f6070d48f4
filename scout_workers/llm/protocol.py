"""What every model provider can do. The model never sees the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from scout_workers.domain.errors import ScoutError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.calls import Answer
    from scout_workers.domain.profiles import ProfileVersion


class ModelError(ScoutError):
    """The model call failed; `error_class` says why and what follows."""


class ImageError(ScoutError):
    """The image cannot be sent to a model: image_unreadable or image_too_large, both terminal."""


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """An image made fit to be sent: decoded whole, upright, stripped of metadata, bounded.

    Attributes:
        jpeg: At most 1 MB of JPEG, longest side at most 1568 pixels.
        width: Pixels, of `jpeg`.
        height: Pixels, of `jpeg`.
    """

    jpeg: bytes
    width: int
    height: int


class ModelProvider(Protocol):
    """One way to have a question answered by a model.

    Every method raises `TransactionHeldError` inside a transaction, ends by the context's
    deadline, and raises `ModelError` for every failure of the other side.
    """

    @property
    def name(self) -> str:
        """The provider's name as settings and the ledger write it ("local", "bedrock" …)."""
        ...

    @property
    def references_wanted(self) -> int:
        """How many earlier images of the same camera `describe` can make use of."""
        ...

    def describe(
        self,
        image: PreparedImage,
        profile: ProfileVersion,
        references: Sequence[PreparedImage] = (),
        *,
        complaint: str | None = None,
    ) -> Answer:
        """Describe one image against a profile; the answer is returned raw.

        Args:
            image: The capture.
            profile: What to look for.
            references: Earlier images of the same camera, newest first.
            complaint: What was wrong with the last answer.

        Raises:
            ModelError: The provider refused, failed or did not answer in time.
        """
        ...
