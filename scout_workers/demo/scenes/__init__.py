"""One day of a camera that never was: a yard by day, dusk and night, drawn from a seed.

    render(moment)      one picture, 1280 x 720
    day(date)           what the camera saw that day, some sixty moments
    write_day(folder)   the day as JPEG files, and the broken files any real folder holds

The yard is a few hundred solid bodies. What stands still is looked at once; each picture then
only costs its light. Pillow and NumPy only, and the same moment is always the same picture.
"""

from scout_workers.demo.scenes.day import DAY, day
from scout_workers.demo.scenes.moments import Lens, Moment, Sight, Visitor
from scout_workers.demo.scenes.render import render
from scout_workers.demo.scenes.write import jpeg, write_day

__all__ = [
    "DAY", "Lens", "Moment", "Sight", "Visitor", "day", "jpeg", "render", "write_day",
]  # fmt: skip
