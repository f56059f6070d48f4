"""A decoded picture's way to the JPEG that is sent: one mode, one direction, one size."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

_QUALITIES = (90, 85, 75, 65, 55, 45, 35)
_SHRINK = 0.8
_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N", "I")
_REDUCIBLE = ("L", "RGB", "RGBA", "LA", "CMYK")
_PAPER = (255, 255, 255)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def flattened(picture: Image.Image, side: int) -> Image.Image:
    """Return an opaque RGB picture, reduced first where it is far larger than will be sent.

    Sixteen bits become eight by their upper half; what is transparent shows white paper.

    Args:
        picture: Any mode that our three formats decode to.
        side: The longest side that will be sent, pixels.
    """
    if picture.mode in _SIXTEEN_BIT:
        picture = picture.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    elif picture.mode not in _REDUCIBLE or "transparency" in picture.info:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    factor = max(picture.size) // (2 * side)
    if factor > 1:
        picture = picture.reduce(factor)
    if picture.mode in {"RGBA", "LA"}:
        paper = Image.new("RGB", picture.size, _PAPER)
        paper.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
        return paper
    return picture.convert("RGB")


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Turn or mirror a picture as its EXIF orientation (1 to 8) asks."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def compressed(picture: Image.Image, side: int, limit: int) -> tuple[bytes, tuple[int, int]]:
    """Return a JPEG within both limits, and its size; quality is given up first, then pixels.

    Args:
        picture: RGB.
        side: The longest side allowed, pixels.
        limit: The most bytes allowed.
    """
    scale = min(1.0, side / max(picture.size))
    while True:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        sent = picture if scale == 1 else picture.resize(size, Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            with BytesIO() as file:
                sent.save(file, "JPEG", quality=quality)
                if file.tell() <= limit or max(size) == 1:
                    return file.getvalue(), size
        scale *= _SHRINK
