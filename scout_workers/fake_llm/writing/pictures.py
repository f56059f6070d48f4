"""What can be said of a picture at a glance: its size and how light it is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image

_GLANCE: Final = (64, 64)
_DARK: Final = 60
_BRIGHT: Final = 170


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, seen."""

    width: int = 1
    height: int = 1
    light: str = "unreadable"


@lru_cache(maxsize=256)
def seen(image: bytes) -> Picture:
    """Look at a picture; what cannot be decoded is "unreadable"."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            width, height = opened.size
            opened.draft("L", _GLANCE)
            grey = opened.convert("L").resize((8, 8))
            mean = sum(grey.tobytes()) / 64
    except (OSError, ValueError, Image.DecompressionBombError):
        return Picture()
    light = "dark" if mean < _DARK else "bright" if mean > _BRIGHT else "evenly lit"
    return Picture(width, height, light)
