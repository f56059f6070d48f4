"""Between the yard and the sensor: rain, dew, paint, a cloth over the lens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from scout_workers.demo.scenes.moments import Lens
from scout_workers.demo.scenes.noise import sample
from scout_workers.demo.scenes.optics import HEIGHT, WIDTH
from scout_workers.demo.scenes.stage import enlarge

if TYPE_CHECKING:
    from scout_workers.demo.scenes.arrays import Floats
    from scout_workers.demo.scenes.moments import Moment


def through(seen: Floats, moment: Moment, rng: np.random.Generator) -> Floats:
    """Return the light that is left behind whatever is on the lens, linear, (HEIGHT, WIDTH, 3)."""
    if moment.rain:
        seen = _raining(seen, moment.rain, rng)
    if moment.lens is Lens.MISTED:
        return _misted(seen)
    if moment.lens is Lens.SPRAYED:
        return _sprayed(seen)
    if moment.lens is Lens.COVERED:
        return _covered(seen)
    return seen


def _blurred(seen: Floats, radius: int) -> Floats:
    """Blur by way of a small copy: quick, and as soft as anything that touches the glass."""
    planes = []
    for channel in range(seen.shape[2]):
        small = Image.fromarray(np.ascontiguousarray(seen[..., channel])).reduce(radius)
        soft = Image.fromarray(_smoothed(np.asarray(small, dtype=np.float32)))
        planes.append(np.asarray(soft.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)))
    soft_light: Floats = np.maximum(np.stack(planes, axis=-1), 0)
    return soft_light


def _smoothed(plane: Floats) -> Floats:
    """Mix every point with its neighbours, 1-2-1 along both axes."""
    padded = np.pad(plane, 1, mode="edge")
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    mixed: Floats = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / np.float32(16)
    return mixed


def _grid() -> tuple[Floats, Floats]:
    """Pixel positions of every fourth column and row: nothing on the glass is sharp."""
    x, y = np.meshgrid(
        np.arange(0, WIDTH, 4, dtype=np.float32), np.arange(0, HEIGHT, 4, dtype=np.float32)
    )
    return x, y


def _raining(seen: Floats, amount: float, rng: np.random.Generator) -> Floats:
    streaks = Image.new("L", (WIDTH, HEIGHT), 0)
    draw = ImageDraw.Draw(streaks)
    for _ in range(int(420 * amount)):
        x, y = rng.uniform(-40, WIDTH + 40), rng.uniform(-60, HEIGHT)
        nearness = rng.random() ** 3
        length = 14 + 70 * nearness
        lean = length * (0.10 + 0.04 * rng.standard_normal())
        draw.line(
            (x, y, x - lean, y + length),
            fill=int(70 + 90 * rng.random()),
            width=round(1 + nearness),
        )
    veil = np.asarray(streaks.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32) / 255
    level = np.float32(np.quantile(seen[::8, ::8], 0.9))
    wet: Floats = seen + veil[..., None] * level * np.float32(0.42)
    return _drops(wet, rng, int(9 * amount))


def _drops(seen: Floats, rng: np.random.Generator, count: int) -> Floats:
    """Drops on the glass: each a small blurred lens of its own."""
    soft = _blurred(seen, 10)
    mask = Image.new("L", (WIDTH, HEIGHT), 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(count):
        x, y, size = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), rng.uniform(9, 26)
        draw.ellipse((x - size, y - size, x + size, y + size * 1.15), fill=215)
    share = np.asarray(mask.filter(ImageFilter.GaussianBlur(3)), dtype=np.float32)[..., None] / 255
    mixed: Floats = seen * (1 - share) + soft * share * np.float32(1.12)
    return mixed


def _misted(seen: Floats) -> Floats:
    soft = _blurred(seen, 11)
    haze = soft.mean(axis=(0, 1), keepdims=True)
    dew: Floats = soft * np.float32(0.75) + haze * np.float32(0.25)
    return dew


@cache
def _paint() -> tuple[Floats, Floats]:
    """Black paint from a can: how much of it lies where, and how it is mottled."""
    x, y = _grid()
    away = np.hypot((x - 600) / 640, (y - 330) / 375)
    cloud = 1.22 - away + 0.13 * sample(x * 0.30, y * 0.30, roughness=1.7, seed=61)
    flecks = sample(x * 0.10, y * 0.10, roughness=0.55, seed=62)
    paint = np.clip((cloud + 0.10 * flecks - 0.10) * 3.0, 0, 1)
    paint = np.maximum(paint, np.clip(flecks * 1.4 - 1.9 + cloud, 0, 0.9))
    for left, top, bottom, width in ((430, 500, 700, 12), (668, 540, 719, 15), (838, 480, 640, 10)):
        run = np.exp(-(((x - left - 4 * np.sin(y / 34)) / width) ** 2) * 1.4)
        paint = np.maximum(paint, run * np.clip((bottom - y) / 26, 0, 1) * (y > top))
    mottled = 1 + 0.20 * sample(x * 0.35, y * 0.35, roughness=1.5, seed=63)
    return enlarge(_smoothed(_smoothed(paint)))[..., None], enlarge(mottled)[..., None]


def _sprayed(seen: Floats) -> Floats:
    paint, mottled = _paint()
    behind = seen.mean(axis=(0, 1)) * np.array([0.052, 0.054, 0.060], dtype=np.float32)
    left_over: Floats = _blurred(seen, 3) * (1 - paint) + behind * mottled * paint
    return left_over


@cache
def _cloth() -> Floats:
    """A dark cloth: folds too near to be sharp, light leaking in at one corner."""
    x, y = _grid()
    folds = 1 + 0.22 * sample(x * 0.16 + y * 0.05, y * 0.07, roughness=1.7, seed=64)
    leak = np.exp(-np.hypot((x - WIDTH) / 150, (y - 20) / 120))
    cloth = np.array([0.0040, 0.0036, 0.0034], dtype=np.float32)
    glow = np.array([0.030, 0.021, 0.014], dtype=np.float32)
    behind: Floats = enlarge(folds)[..., None] * cloth + enlarge(leak)[..., None] * glow
    return behind


def _covered(seen: Floats) -> Floats:
    behind: Floats = seen.mean(axis=(0, 1)) * _cloth()
    return behind
