"""The cheap sensor behind the lens: exposure, noise, softness, and the stamp in the corner."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from scout_workers.demo.scenes.noise import tile
from scout_workers.demo.scenes.optics import HEIGHT, WIDTH

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.demo.scenes.arrays import Floats
    from scout_workers.demo.scenes.stage import Stage

_STEPS = 4096
_RANGE = 4.0
_TURNED = 0.5  # a change of the normal that makes an edge
_SMOOTH = ImageFilter.Kernel((3, 3), (1, 2, 1, 2, 3, 2, 1, 2, 1))
_SHARPEN = ImageFilter.Kernel((3, 3), (-1, -2, -1, -2, 28, -2, -1, -2, -1))


def expose(seen: Floats, *, aim: float, most: float) -> tuple[Floats, float]:
    """Scale linear light as an automatic exposure would.

    Args:
        seen: Linear light, shape (HEIGHT, WIDTH, channels).
        aim: The mean it tries to reach.
        most: The highest gain it has.

    Returns:
        The scaled light and the gain.
    """
    sampled = seen[::6, ::6]
    level = float(np.mean(np.minimum(sampled, 4 * np.median(sampled) + 1e-6)))
    bright = float(np.quantile(sampled, 0.9))
    gain = min(aim / max(level, 1e-7), 3.2 * aim / max(bright, 1e-7), most)
    return seen * np.float32(gain), gain


def develop(seen: Floats, noise: float, rng: np.random.Generator, *, colour: float) -> Image.Image:
    """Turn exposed linear light into a picture.

    Args:
        seen: Linear light, shape (HEIGHT, WIDTH, 3) or (HEIGHT, WIDTH, 1).
        noise: Deviation of the noise, in 8-bit steps.
        rng: Where this picture's noise is taken from.
        colour: Share of the noise that differs from channel to channel.
    """
    curve = _curve()
    index = np.clip(seen * np.float32((_STEPS - 1) / _RANGE), 0, _STEPS - 1).astype(np.uint16)
    tones = curve[index]
    tones += _noise(rng, seen.shape[2], colour) * np.float32(noise)
    np.clip(tones, 0, 255, out=tones)
    pixels = tones.astype(np.uint8)
    if pixels.shape[2] == 1:
        return Image.fromarray(pixels[..., 0]).convert("RGB")
    return Image.fromarray(pixels)


@cache
def _curve() -> Floats:
    """A filmic display curve: deep shadows, and highlights that roll off instead of clipping."""
    light = np.linspace(0, _RANGE, _STEPS)
    film = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14)
    tone: Floats = 255 * np.clip(film, 0, 1) ** (1 / 2.2)
    return tone.astype(np.float32)


def _noise(rng: np.random.Generator, channels: int, colour: float) -> Floats:
    """Grain cut from a square of noise at another place each time."""
    fine, coarse = tile(0.12, 71), tile(0.55, 72)
    planes: list[Floats] = []
    for _ in range(channels + 1):
        dy, dx = (int(shift) for shift in rng.integers(0, 1024, 2))
        rows, columns = (np.arange(HEIGHT) + dy) % 1024, (np.arange(WIDTH) + dx) % 1024
        chosen = fine if not planes else coarse
        planes.append(chosen[rows[:, None], columns[None, :]])
    grey = planes[0]
    return np.stack([grey * (1 - colour) + plane * colour for plane in planes[1:]], axis=-1)


def soften(picture: Image.Image, stage: Stage) -> Image.Image:
    """Smooth the stairs along outlines, then sharpen a little too much, as cameras do."""
    outline = _outlines(stage)
    picture = Image.composite(picture.filter(_SMOOTH), picture, outline)
    return picture.filter(_SHARPEN)


@lru_cache(maxsize=2)
def _outlines(stage: Stage) -> Image.Image:
    """Where one body ends and another begins, as a mask; most pictures share one stage."""
    near = 1 / stage.depth
    edges = np.zeros(near.shape, dtype=bool)
    for before, after in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        step = np.abs(near[after] - near[before])
        edge = step > 0.012 * np.minimum(near[after], near[before]) + 2e-4
        lean = np.abs(stage.normals[after] - stage.normals[before])
        edge |= lean[..., 0] + lean[..., 1] + lean[..., 2] > _TURNED
        edges[before] |= edge
        edges[after] |= edge
    return Image.fromarray((edges * np.uint8(255)).astype(np.uint8))


def bloom(picture: Image.Image, strength: float) -> Image.Image:
    """Let what is far too bright bleed into its surroundings."""
    small = picture.reduce(4)
    bright = small.point(lambda value: max(0, value - 200) * 4)
    halo = bright.filter(ImageFilter.GaussianBlur(9))
    halo = halo.point(lambda value: int(value * strength))
    return ImageChops.screen(picture, halo.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))


def stamp(picture: Image.Image, at: datetime) -> Image.Image:
    """Burn in the camera's name and clock, white on black outlines, in blocky type."""
    font = ImageFont.load_default_imagefont()
    for text, left, top in (
        (f"{at:%Y-%m-%d  %H:%M:%S}", 18, 14),
        ("YARD  CAM 01", 18, HEIGHT - 40),
    ):
        box = font.getbbox(text)
        small = Image.new("L", (int(box[2]) + 2, int(box[3]) + 2), 0)
        ImageDraw.Draw(small).text((1, 1), text, fill=255, font=font)
        halo = small.filter(ImageFilter.MaxFilter(3))
        size = (small.width * 2, small.height * 2)
        picture.paste((0, 0, 0), (left, top), halo.resize(size, Image.Resampling.NEAREST))
        picture.paste((240, 240, 240), (left, top), small.resize(size, Image.Resampling.NEAREST))
    return picture
