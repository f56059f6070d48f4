"""The day as files, named and stamped the way a camera's export is."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PIL import Image

from scout_workers.demo.scenes import poison, stage
from scout_workers.demo.scenes.day import day
from scout_workers.demo.scenes.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scout_workers.demo.scenes.moments import Moment

_QUALITY = 85
_DATE_TIME, _MAKE, _MODEL, _EXIF, _DATE_TIME_ORIGINAL = 0x0132, 0x010F, 0x0110, 0x8769, 0x9003


def jpeg(moment: Moment) -> bytes:
    """Take one picture and return it as the camera's file: JPEG with its time in the EXIF data."""
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = "Scout", "Yard 720"
    exif[_DATE_TIME] = f"{moment.at:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(_EXIF)[_DATE_TIME_ORIGINAL] = f"{moment.at:%Y:%m:%d %H:%M:%S}"
    out = io.BytesIO()
    render(moment).save(out, "JPEG", quality=_QUALITY, exif=exif)
    return out.getvalue()


def write_day(
    folder: Path,
    moments: Sequence[Moment] | None = None,
    *,
    wrote: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write a day of pictures and the poison files that come with them; keep what is there.

    Args:
        folder: Made if it is not there.
        moments: What to take; the whole day if not given.
        wrote: Called before the first and after each file with the number done and the number in
            all; never if nothing is missing.

    Returns:
        All the files, pictures first, in order of time.

    Raises:
        OSError: The folder cannot be written.
    """
    wanted = list(day() if moments is None else moments)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [moment for moment in wanted if not (folder / moment.name).exists()]
    if missing:
        if wrote:
            wrote(len(wanted) - len(missing), len(wanted))
        stage.empty()  # made once, before the threads ask for it
    with ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="scenes") as artists:
        done = len(wanted) - len(missing)
        for moment, picture in zip(missing, artists.map(jpeg, missing), strict=True):
            _put(folder / moment.name, picture)
            done += 1
            if wrote:
                wrote(done, len(wanted))
    paths = [folder / moment.name for moment in wanted]
    for name, content in poison.files(wanted[0].at, paths[-1].read_bytes()).items():
        if not (folder / name).exists():
            _put(folder / name, content)
        paths.append(folder / name)
    return paths


def _put(path: Path, content: bytes) -> None:
    """Write whole or not at all: a file under its final name is complete."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
