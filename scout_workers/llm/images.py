"""Images made fit to be sent: bounded, decoded whole, upright, and nothing in them but a picture.

    inspect(data)   what the header tells: cheap, no pixel is decoded
    prepare(data)   the picture as a model gets it

Safe among threads: no switch of Pillow's is touched, and none of its warnings can be given
(`containers` says why). Memory is bounded: sizes are checked before anything is decoded, large
JPEGs are decoded at a fraction of their size, and large pictures take turns (`large`).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from scout_workers import phases
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm import containers, large
from scout_workers.llm.containers import ImageFormat
from scout_workers.llm.picture import compressed, flattened, upright
from scout_workers.llm.protocol import ImageError, PreparedImage

if TYPE_CHECKING:
    from PIL import ImageFile

__all__ = ["ImageFacts", "ImageFormat", "Limits", "inspect", "prepare"]

_MEGA = 1_000_000
# Pixels; a JPEG is decoded at a fraction of its size.
_LARGE = {ImageFormat.JPEG: 16 * _MEGA, ImageFormat.PNG: 4 * _MEGA, ImageFormat.WEBP: 4 * _MEGA}

_DECODERS: dict[ImageFormat, type[ImageFile.ImageFile]] = {
    ImageFormat.JPEG: JpegImagePlugin.JpegImageFile,
    ImageFormat.PNG: PngImagePlugin.PngImageFile,
    ImageFormat.WEBP: WebPImagePlugin.WebPImageFile,
}
# What Pillow's decoders raise on bytes that make no sense, found by feeding them such bytes.
_DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted and what is sent.

    Attributes:
        bytes: The largest file.
        pixels: The most pixels of a picture, checked before decoding.
        least_side: The shortest side, in pixels, that still shows something.
        sent_side: The longest side of what is sent.
        sent_bytes: The largest JPEG that is sent.
    """

    bytes: int = 20 * _MEGA
    pixels: int = 40 * _MEGA
    least_side: int = 16
    sent_side: int = 1568
    sent_bytes: int = _MEGA


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What an image's header tells.

    Attributes:
        width: Pixels, as shown upright.
        height: Likewise.
    """

    format: ImageFormat
    width: int
    height: int


def inspect(data: bytes, limits: Limits = Limits()) -> ImageFacts:
    """Read an image's header and refuse what could not be prepared, as far as a header tells.

    Raises:
        ImageError: image_too_large (bytes or pixels) or image_unreadable (empty, no image,
            another format, an animation, too small, its header cut off or damaged).
    """
    container = _accepted(data, limits)
    width, height = container.width, container.height
    if container.turned:
        width, height = height, width
    return ImageFacts(container.format, width, height)


def prepare(data: bytes, limits: Limits = Limits()) -> PreparedImage:
    """Decode an image whole and return it as it may be sent to a model.

    The result is an upright, opaque RGB JPEG without metadata, its longest side at most
    `limits.sent_side` pixels and its size at most `limits.sent_bytes`.

    Raises:
        ImageError: As for `inspect`, and image_unreadable where the picture itself is cut off or
            damaged.
        DeadlineExceeded: The context's time ran out while other large pictures were prepared.
        TransactionHeldError: Called inside a transaction: decoding takes too long for one.
    """
    phases.outside_transaction("preparing an image")
    container = _accepted(data, limits)
    if container.width * container.height > _LARGE[container.format]:
        return large.in_turn(lambda: _prepared(container, limits))
    return _prepared(container, limits)


def _prepared(container: containers.Container, limits: Limits) -> PreparedImage:
    picture = upright(_decoded(container, limits.sent_side), container.orientation)
    jpeg, (width, height) = compressed(picture, limits.sent_side, limits.sent_bytes)
    return PreparedImage(jpeg, width, height)


def _accepted(data: bytes, limits: Limits) -> containers.Container:
    if len(data) > limits.bytes:
        raise ImageError(
            ErrorClass.IMAGE_TOO_LARGE,
            f"{_megas(len(data))} megabytes; the limit is {_megas(limits.bytes)}",
        )
    container = containers.read(data)
    width, height = container.width, container.height
    if width * height > limits.pixels:
        raise ImageError(
            ErrorClass.IMAGE_TOO_LARGE,
            f"{_megas(width * height)} megapixels; the limit is {_megas(limits.pixels)}",
        )
    if container.frames > 1:
        raise ImageError(
            ErrorClass.IMAGE_UNREADABLE,
            f"this is an animation of {container.frames} pictures; a single picture is needed",
        )
    shortest, longest = sorted((width, height))
    sent = shortest * min(1.0, limits.sent_side / max(longest, 1))
    if sent < limits.least_side:
        raise ImageError(
            ErrorClass.IMAGE_UNREADABLE,
            f"{width} x {height} pixels are too few to show anything",
        )
    return container


def _decoded(container: containers.Container, side: int) -> Image.Image:
    """Decode the whole picture to RGB, at no more than about twice the size that is sent."""
    told = (container.width, container.height)
    try:
        with _DECODERS[container.format](BytesIO(container.bare())) as picture:
            if picture.size != told:
                raise containers.damaged("its picture is not of the size it tells")
            picture.draft(None, (side, side))
            picture.load()
            return flattened(picture, side)
    except _DECODING_ERRORS as error:
        if "truncated" in str(error):
            raise containers.cut_off("a part of the picture is missing") from error
        raise containers.damaged(f"its picture cannot be decoded ({error})") from error


def _megas(count: int) -> str:
    return f"{count / _MEGA:.3g}" if count < 1000 * _MEGA else f"{count / _MEGA:,.0f}"
