"""A yard drawn in a few lines, and what weather, night, hands and broken decoders do to pictures.

Quicker than the demo's rendered day and made for measurements: rough ground, a house with windows,
a fence, a sky. Every function takes and returns levels of 0 to 1, shaped (height, width, 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
from fix_pictures import picture, prepared
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from scout_workers.llm.protocol import PreparedImage

Scene: TypeAlias = npt.NDArray[np.float64]

HEIGHT, WIDTH = 540, 960


def sent(scene: Scene, quality: int = 85) -> PreparedImage:
    """Return a scene as a provider gets it."""
    return prepared(picture(scene * 255), quality)


def yard(seed: int = 1) -> Scene:
    """Return a yard by day; another seed is another yard."""
    rng = np.random.default_rng(seed)
    scene = np.empty((HEIGHT, WIDTH, 3))
    down = np.linspace(0, 1, HEIGHT)[:, None]
    horizon = int(HEIGHT * rng.uniform(0.28, 0.36))
    scene[:] = np.array([0.55, 0.68, 0.85]) + 0.15 * down[..., None]
    ground = np.array([0.30, 0.40, 0.22]) + 0.12 * _rough(rng)[..., None]
    scene[horizon:] = ground[horizon:] * (0.8 + 0.5 * down[horizon:, None])
    _path(scene, rng, horizon)
    _house(scene, rng, horizon)
    _fence(scene, rng, horizon)
    _trees(scene, rng, horizon)
    return np.clip(scene, 0.02, 0.98)


def _rough(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return noise of all sizes, as ground and leaves have it."""
    total = np.zeros((HEIGHT, WIDTH))
    for octave in range(7):
        side = 2**octave
        small = rng.standard_normal((HEIGHT // side + 2, WIDTH // side + 2)).astype(np.float32)
        large = Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        total += np.asarray(large, dtype=float)
    scaled: npt.NDArray[np.float64] = total / total.std()
    return scaled


def _path(scene: Scene, rng: np.random.Generator, horizon: int) -> None:
    rows, columns = np.mgrid[horizon:HEIGHT, 0:WIDTH]
    depth = (rows - horizon) / (HEIGHT - horizon)
    middle = WIDTH * (0.45 + 0.1 * depth)
    on_path = np.abs(columns - middle) < WIDTH * (0.03 + 0.16 * depth)
    joints = ((rows // 14) % 2 == 0) & (columns % 40 < 2) | (rows % 14 < 2)
    stone = 0.52 + 0.05 * rng.standard_normal(rows.shape) - 0.15 * joints
    scene[horizon:][on_path] = (stone[..., None] * np.array([1.0, 0.98, 0.94]))[on_path]


def _house(scene: Scene, rng: np.random.Generator, horizon: int) -> None:
    top, bottom = int(horizon * 0.45), int(HEIGHT * 0.62)
    right = int(WIDTH * rng.uniform(0.26, 0.34))
    rows, columns = np.mgrid[top:bottom, 0:right]
    mortar = (rows % 9 < 2) | ((columns + 11 * (rows // 9 % 2)) % 22 < 2)
    brick = np.where(mortar[..., None], [0.62, 0.58, 0.54], [0.52, 0.26, 0.19])
    scene[top:bottom, :right] = brick * (0.9 + 0.15 * rng.random((bottom - top, right, 1)))
    for left in range(30, right - 60, 110):
        scene[top + 40 : top + 110, left : left + 60] = 0.9
        scene[top + 46 : top + 104, left + 6 : left + 54] = [0.12, 0.14, 0.17]


def _fence(scene: Scene, rng: np.random.Generator, horizon: int) -> None:
    left, bottom = int(WIDTH * 0.72), int(horizon + HEIGHT * 0.2)
    for column in range(left, WIDTH, 16):
        shade = 0.24 + 0.06 * rng.random()
        scene[horizon - 20 : bottom, column : column + 9] = np.array([1.2, 1.0, 0.8]) * shade


def _trees(scene: Scene, rng: np.random.Generator, horizon: int) -> None:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    for middle in (0.55, 0.68, 0.9):
        x, y = WIDTH * middle, horizon * rng.uniform(0.6, 0.8)
        edge = 1 + 0.25 * _rough(rng)
        inside = ((columns - x) / 70) ** 2 + ((rows - y) / 60) ** 2 < edge
        leaves = (0.18 + 0.09 * _rough(rng))[..., None] * np.array([0.8, 1.15, 0.6])
        scene[inside] = leaves[inside]


def noisy(scene: Scene, sigma: float = 8, seed: int = 5) -> Scene:
    """Add a sensor's noise, sigma in levels of 255."""
    noise = np.random.default_rng(seed).normal(0, sigma / 255, scene.shape)
    return np.clip(scene + noise, 0, 1)


def dusk(scene: Scene, gamma: float = 2.2, noise: float = 8) -> Scene:
    """Return the scene in the evening: dark, bluish, noisy, and as sharp as ever."""
    return noisy(scene**gamma * np.array([0.9, 0.95, 1.1]), noise)


def night(scene: Scene, light: float = 0.12) -> Scene:
    """Return the scene by hardly any light."""
    return noisy(scene**1.6 * light + 0.01)


def infrared(scene: Scene, noise: float = 6) -> Scene:
    """Return the scene by the camera's own infrared lamps: no colour, dark corners."""
    height, width, _ = scene.shape
    rows, columns = np.mgrid[0:height, 0:width]
    away = 4 * ((columns / width - 0.5) ** 2 + (rows / height - 0.55) ** 2)
    grey = scene @ np.array([0.4, 0.4, 0.2]) * np.clip(1.15 - 0.75 * away, 0.05, 1) * 0.8
    grain = np.random.default_rng(3).normal(0, noise / 255, grey.shape)
    return np.repeat(np.clip(grey + grain, 0, 1)[..., None], 3, axis=2)


def fog(scene: Scene, through: float, air: float = 0.8) -> Scene:
    """Return the scene in fog; the farther up, the less of it comes through."""
    left = np.clip(through * (0.5 + np.linspace(0, 1, len(scene)))[:, None, None], 0, 1)
    return scene * left + air * (1 - left)


def blurred(scene: Scene, sigma: float) -> Scene:
    """Return the scene out of focus, sigma in pixels."""
    soft = picture(scene * 255).filter(ImageFilter.GaussianBlur(sigma))
    return np.asarray(soft, dtype=float) / 255


def sprayed(
    scene: Scene, seed: int = 0, paint: tuple[float, float, float] = (0.1, 0.1, 0.12)
) -> Scene:
    """Return the scene behind blots of paint with soft edges."""
    height, width, _ = scene.shape
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    cover = np.zeros((height, width))
    for _ in range(9):
        x, y = rng.uniform(0.15, 0.85) * width, rng.uniform(0.15, 0.85) * height
        size = rng.uniform(0.12, 0.24) * width
        away = np.hypot(columns - x, rows - y) - size
        cover = np.maximum(cover, 1 / (1 + np.exp(np.clip(away / (0.02 * width), -40, 40))))
    return noisy(scene * (1 - cover[..., None]) + np.array(paint) * cover[..., None], 3)


def covered(shade: tuple[float, float, float] = (0.16, 0.12, 0.10)) -> Scene:
    """Return what a camera sees whose lens is covered: one shade, lighter to one side."""
    across = np.linspace(0.8, 1.15, WIDTH)[None, :, None]
    return noisy(np.broadcast_to(np.array(shade) * across, (HEIGHT, WIDTH, 3)), 3)


def with_thing(
    scene: Scene, box: tuple[float, float, float, float], colour: tuple[float, float, float]
) -> Scene:
    """Return the scene with an upright thing in it; the box is x, y, width, height as fractions."""
    height, width, _ = scene.shape
    x, y, wide, high = box
    rows, columns = np.mgrid[0:height, 0:width]
    inside = ((columns / width - x - wide / 2) / (wide / 2)) ** 4 + (
        (rows / height - y - high / 2) / (high / 2)
    ) ** 4 < 1
    changed = scene.copy()
    stripes = 1 + 0.3 * np.sign(np.sin(rows / 7.0))[..., None]
    changed[inside] = np.clip(np.array(colour) * stripes, 0, 1)[inside]
    return changed


def shifted(scene: Scene, right: int, down: int) -> Scene:
    """Return the scene as a camera sees it that was turned a little; edges come in repeated."""
    height, width, _ = scene.shape
    rows = np.clip(np.arange(height) - down, 0, height - 1)[:, None]
    columns = np.clip(np.arange(width) - right, 0, width - 1)[None]
    return scene[rows, columns]
