"""What a container told us, and the two ways it can fail us."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ImageError


class ImageFormat(StrEnum):
    """The formats we read."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"


@dataclass(frozen=True, slots=True)
class Container:
    """An image file's outside.

    Attributes:
        width: Pixels as stored, before any rotation.
        height: Likewise.
        orientation: The EXIF orientation, 1 to 8; 1 where none is told.
        frames: Pictures in the file; more than one is an animation.
        pixels: The file's parts that decoding needs, in order, without any metadata. They share
            memory with the data they were read from.
    """

    format: ImageFormat
    width: int
    height: int
    orientation: int
    frames: int
    pixels: tuple[bytes | memoryview, ...]

    @property
    def turned(self) -> bool:
        """Whether being shown upright swaps width and height."""
        return self.orientation >= 5  # noqa: PLR2004 - EXIF: 5 to 8 are the quarter turns

    def bare(self) -> bytes:
        """Return the file with nothing in it but its picture."""
        return b"".join(self.pixels)


def damaged(what: str) -> ImageError:
    """Make the error for a file whose structure is wrong, as one clause after the reason."""
    return ImageError(ErrorClass.IMAGE_UNREADABLE, f"the image is damaged: {what}")


def cut_off(what: str) -> ImageError:
    """Make the error for a file that ends too early."""
    return ImageError(ErrorClass.IMAGE_UNREADABLE, f"the image is cut off: {what}")
