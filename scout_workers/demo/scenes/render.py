"""From a moment to a picture: the stage, the light on it, the glass, the sensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scout_workers.demo.scenes import glass, sensor, shade, stage
from scout_workers.demo.scenes.light import daylight
from scout_workers.demo.scenes.visitors import bodies

if TYPE_CHECKING:
    from PIL import Image

    from scout_workers.demo.scenes.arrays import Floats
    from scout_workers.demo.scenes.light import Daylight
    from scout_workers.demo.scenes.moments import Moment
    from scout_workers.demo.scenes.stage import Stage

_MOST_GAIN, _INFRARED_GAIN = 34.0, 9.0
_WIDE_OPEN = 2.0  # from this gain on, lamps glare


def render(moment: Moment) -> Image.Image:
    """Take one picture: 1280 x 720, RGB, the same for the same moment."""
    rng = np.random.default_rng([moment.seed, int(moment.at.strftime("%Y%m%d%H%M%S"))])
    visitors = [part for sight in moment.sights for part in bodies(sight)]
    scene = stage.with_visitors(visitors) if visitors else stage.empty()
    picture = _by_infrared(scene, moment, rng) if moment.infrared else _by_light(scene, moment, rng)
    return sensor.stamp(picture, moment.at)


def _by_light(scene: Stage, moment: Moment, rng: np.random.Generator) -> Image.Image:
    light = daylight(moment.at, moment.clouds)
    seen = glass.through(shade.radiance(scene, moment, light), moment, rng)
    seen = seen * _balance(light)
    exposed, gain = sensor.expose(seen, aim=_aim(light), most=_MOST_GAIN)
    noise = 1.1 + 0.75 * np.sqrt(max(gain - 1.5, 0.0))
    picture = sensor.develop(exposed, float(noise), rng, colour=0.45)
    picture = sensor.soften(picture, scene)
    return sensor.bloom(picture, 0.5) if gain > _WIDE_OPEN else picture


def _balance(light: Daylight) -> Floats:
    """Cameras half believe that the light is white."""
    white = light.sky + 0.35 * light.sun
    channels: Floats = np.sqrt(white.mean() / white).astype(np.float32)
    return channels


def _aim(light: Daylight) -> float:
    """Cameras leave the evening darker than noon, or it would not look like evening."""
    return float(np.interp(light.elevation, [-9, -3, 3, 12], [0.10, 0.14, 0.20, 0.26]))


def _by_infrared(scene: Stage, moment: Moment, rng: np.random.Generator) -> Image.Image:
    seen = shade.infrared(scene)[..., None]
    seen = glass.through(seen, moment, rng)
    exposed, gain = sensor.expose(seen, aim=0.13, most=_INFRARED_GAIN)
    picture = sensor.develop(exposed, 4.0 + 0.35 * gain, rng, colour=0.0)
    return sensor.bloom(sensor.soften(picture, scene), 0.35)
