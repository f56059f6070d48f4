"""Where the sun stands on an ordinary day in March, and what colour it and the sky have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.demo.scenes.noise import sample

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.demo.scenes.arrays import Floats, Vector

_LATITUDE = math.radians(44.0)
_DECLINATION = math.radians(-2.5)

# Elevation of the sun in degrees: radiance of the zenith, of the horizon, and of the sun itself.
_SKIES: tuple[tuple[float, Vector, Vector, Vector], ...] = (
    (-14.0, (0.0006, 0.0008, 0.0016), (0.0014, 0.0014, 0.0018), (0.0, 0.0, 0.0)),
    (-7.0, (0.0050, 0.0090, 0.0260), (0.0180, 0.0160, 0.0240), (0.0, 0.0, 0.0)),
    (-3.0, (0.0250, 0.0450, 0.1200), (0.1700, 0.0820, 0.0800), (0.0, 0.0, 0.0)),
    (0.0, (0.0550, 0.1050, 0.2500), (0.4200, 0.1900, 0.1150), (0.18, 0.06, 0.015)),
    (5.0, (0.0950, 0.1850, 0.4200), (0.6000, 0.4000, 0.2700), (1.75, 0.92, 0.38)),
    (15.0, (0.1200, 0.2500, 0.5800), (0.5600, 0.6000, 0.6600), (2.70, 2.10, 1.45)),
    (45.0, (0.1250, 0.2700, 0.6400), (0.4800, 0.6000, 0.7600), (3.30, 3.00, 2.55)),
)


@dataclass(frozen=True, slots=True, eq=False)
class Daylight:
    """The light of one moment.

    Attributes:
        elevation: Of the sun over the horizon, in degrees.
        towards_sun: Unit direction.
        sun: What the sun adds to a surface that faces it, linear RGB.
        zenith: Radiance of the sky above, linear RGB.
        horizon: Radiance of the sky low down, linear RGB.
        clouds: Share of the sky that is covered, 0 to 1.
    """

    elevation: float
    towards_sun: Floats
    sun: Floats
    zenith: Floats
    horizon: Floats
    clouds: float
    drift: float

    @property
    def sky(self) -> Floats:
        """What the whole sky adds to a surface that lies flat under it."""
        blend: Floats = 0.62 * self.zenith + 0.38 * self.horizon
        return blend


def daylight(at: datetime, clouds: float) -> Daylight:
    """The light at this local solar time under this much cloud."""
    hours = at.hour + at.minute / 60 + at.second / 3600
    turn = math.radians(15 * (hours - 12))
    up = math.sin(_LATITUDE) * math.sin(_DECLINATION) + math.cos(_LATITUDE) * math.cos(
        _DECLINATION
    ) * math.cos(turn)
    east = -math.cos(_DECLINATION) * math.sin(turn)
    north = math.cos(_LATITUDE) * math.sin(_DECLINATION) - math.sin(_LATITUDE) * math.cos(
        _DECLINATION
    ) * math.cos(turn)
    elevation = math.degrees(math.asin(up))
    zenith, horizon, sun = (_at(elevation, column) for column in (1, 2, 3))
    grey = float(zenith.mean() * 0.55 + horizon.mean() * 0.35) + 0.10 * float(sun.mean())
    overcast = np.array([0.97, 1.0, 1.04], dtype=np.float32) * grey
    return Daylight(
        elevation=elevation,
        towards_sun=np.array([east, north, up], dtype=np.float32),
        sun=sun * np.float32((1 - clouds) ** 2),
        zenith=zenith * (1 - clouds) + overcast * clouds,
        horizon=horizon * (1 - clouds) + overcast * 1.12 * clouds,
        clouds=clouds,
        drift=hours * 60,
    )


def _at(elevation: float, column: int) -> Floats:
    degrees = [row[0] for row in _SKIES]
    table = np.array([row[column] for row in _SKIES])
    floor = 1e-5  # colours are blended by their logarithm: twilight falls by halves
    blended = [np.interp(elevation, degrees, np.log(table[:, c] + floor)) for c in range(3)]
    return np.maximum(np.exp(np.array(blended)) - floor, 0).astype(np.float32)


def sky(rays: Floats, light: Daylight) -> Floats:
    """Radiance of the sky along these unit directions, shape (N, 3)."""
    height = np.clip(rays[:, 2], 0, 1)
    low = np.exp(-height / 0.075)[:, None]
    colour = light.zenith * (1 - low) + light.horizon * low
    nearness = np.clip(rays @ light.towards_sun, 0, 1)
    flush = np.clip(1 - abs(light.elevation - 1) / 9, 0, 1) * (1 - light.clouds)
    warm = np.array([0.9, 0.34, 0.10], dtype=np.float32) * np.float32(flush * 0.9)
    glow = (0.55 * nearness**2 + nearness**12) * np.exp(-height / 0.22)
    colour = colour + glow[:, None] * warm

    # A flat layer of cloud far above, thinned out by distance.
    stretch = 120 / np.maximum(height + 0.07, 0.02)
    u, v = rays[:, 0] * stretch + light.drift * 2.2, rays[:, 1] * stretch
    shape = sample(u, v, roughness=1.55, seed=41) + 0.15 * sample(
        u * 6, v * 6, roughness=1.2, seed=42
    )
    amount = np.clip((shape - 0.9 + 2.4 * light.clouds) * 0.55, 0, 1)[:, None]
    lit = light.sky * 0.95 + light.sun * 0.22 + light.horizon * 0.35
    shaded = light.sky * (0.9 - 0.25 * light.clouds) * (1.0 + 0.10 * shape[:, None])
    cloud = lit * (1 - light.clouds) + shaded * light.clouds
    radiance: Floats = colour * (1 - amount) + cloud * amount
    return np.maximum(radiance, 0).astype(np.float32)
