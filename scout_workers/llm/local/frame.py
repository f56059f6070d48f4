"""A picture at the one size everything is measured at."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, JpegImagePlugin

if TYPE_CHECKING:
    from scout_workers.llm.local.planes import Plane
    from scout_workers.llm.protocol import PreparedImage

WORKING_SIDE = 480
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture, its longest side at most `WORKING_SIDE` pixels.

    Attributes:
        rgb: Levels of 0 to 1 as they are shown (not linear light), shaped (height, width, 3).
        luma: Brightness of 0 to 1, shaped (height, width).
    """

    rgb: Plane
    luma: Plane

    @property
    def most(self) -> Plane:
        """The strongest channel of each pixel."""
        red, green, blue = (self.rgb[..., channel] for channel in range(3))
        result: Plane = np.maximum(np.maximum(red, green), blue)
        return result

    @property
    def least(self) -> Plane:
        """The weakest channel of each pixel."""
        red, green, blue = (self.rgb[..., channel] for channel in range(3))
        result: Plane = np.minimum(np.minimum(red, green), blue)
        return result

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.luma.shape
        return height, width


def frame_of(image: PreparedImage) -> Frame:
    """Decode an image at the working size; a smaller one keeps its own size."""
    scale = min(1.0, WORKING_SIDE / max(image.width, image.height))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    with JpegImagePlugin.JpegImageFile(BytesIO(image.jpeg)) as picture:
        picture.draft("RGB", size)
        shown = picture.convert("RGB")
    if shown.size != size:
        shown = shown.resize(size, Image.Resampling.BICUBIC)
    rgb = np.asarray(shown, dtype=np.float32) * np.float32(1 / 255)
    return Frame(rgb, (rgb @ _LUMA).astype(np.float32, copy=False))
