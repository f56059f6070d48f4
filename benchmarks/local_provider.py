"""Tries the local provider in every condition, on pictures of yours and on the drawn yard.

    PYTHONPATH=tests .venv/bin/python benchmarks/local_provider.py DIR > table.md

Each picture is put through each condition and described alone and against three earlier pictures
of itself. The table says how many of them were told which alarm; the last lines say what a
picture costs in processor time. The conditions are those of the tests (tests/fix_yard.py).
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import fix_yard
import numpy as np
from PIL import Image

from scout_workers.domain.profiles import ProfileVersion
from scout_workers.llm import answers, images
from scout_workers.llm.local import LocalProvider
from scout_workers.llm.protocol import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fix_yard import Scene

    from scout_workers.llm.protocol import PreparedImage

PROFILE = ProfileVersion(uuid4(), uuid4(), LocalProvider.name, LocalProvider.model, "", "")
QUIET = {"monochrome", "first_frame", "low_contrast", "no_comparison"}
CONDITIONS: dict[str, Callable[[Scene], Scene]] = {
    "as it is": lambda scene: scene,
    "noise, sigma 10": lambda scene: fix_yard.noisy(scene, 10),
    "noise, sigma 25": lambda scene: fix_yard.noisy(scene, 25),
    "gamma 0.7": lambda scene: scene**0.7,
    "gamma 1.4": lambda scene: scene**1.4,
    "middle half": lambda scene: scene[len(scene) // 4 : -len(scene) // 4],
    "half the size": lambda scene: scene[::2, ::2],
    "dusk": fix_yard.dusk,
    "late dusk": lambda scene: fix_yard.dusk(scene, 3, 10),
    "infrared": fix_yard.infrared,
    "blur, sigma 2": lambda scene: fix_yard.blurred(scene, 2),
    "blur, sigma 4": lambda scene: fix_yard.blurred(scene, 4),
    "blur, sigma 6": lambda scene: fix_yard.blurred(scene, 6),
    "blur, sigma 8": lambda scene: fix_yard.blurred(scene, 8),
    "blur, sigma 14": lambda scene: fix_yard.blurred(scene, 14),
    "dusk and blur, sigma 9": lambda scene: fix_yard.dusk(fix_yard.blurred(scene, 9)),
    "haze, 60 % comes through": lambda scene: fix_yard.fog(scene, 0.6),
    "fog, 40 %": lambda scene: fix_yard.fog(scene, 0.4),
    "fog, 25 %": lambda scene: fix_yard.fog(scene, 0.25),
    "fog, 5 %": lambda scene: fix_yard.fog(scene, 0.05),
    "night": fix_yard.night,
    "almost black": lambda scene: fix_yard.night(scene, 0.03),
    "six times the light": lambda scene: np.clip(scene * 6, 0, 1),
    "black paint": fix_yard.sprayed,
    "red paint": lambda scene: fix_yard.sprayed(scene, 2, (0.6, 0.1, 0.1)),
    "covered": lambda scene: fix_yard.covered()[: len(scene), : scene.shape[1]],
}


def main(folder: Path) -> int:
    """Print the table for the pictures in a folder and for two drawn yards."""
    scenes = {f"drawn yard {seed}": fix_yard.yard(seed) for seed in (1, 2)}
    for file in sorted(folder.iterdir()):
        try:
            scenes[file.name] = _levels(images.prepare(file.read_bytes()))
        except ImageError as error:
            print(f"left out: {file.name}: {error.detail}", file=sys.stderr)
    print(f"{len(scenes)} pictures: {', '.join(scenes)}\n")
    print("| condition | said of it alone | said of it against three earlier pictures |")
    print("|---|---|---|")
    times: list[list[float]] = [[], []]
    before = {
        name: [fix_yard.sent(fix_yard.noisy(scene, 3, seed)) for seed in range(3)]
        for name, scene in scenes.items()
    }
    for condition, change in CONDITIONS.items():
        told: list[Counter[str]] = [Counter(), Counter()]
        for name, scene in scenes.items():
            image = fix_yard.sent(change(scene))
            for index, references in enumerate(([], before[name])):
                flags, seconds = _said(image, references)
                told[index][flags] += 1
                times[index].append(seconds)
        print(f"| {condition} | {_counts(told[0])} | {_counts(told[1])} |")
    alone, compared = (1000 * float(np.median(each)) for each in times)
    print(f"\nProcessor time a picture: {alone:.0f} ms alone, {compared:.0f} ms with references.")
    return 0


def _levels(image: PreparedImage) -> Scene:
    with Image.open(BytesIO(image.jpeg)) as picture:
        return np.asarray(picture, dtype=float) / 255


def _said(image: PreparedImage, references: Sequence[PreparedImage]) -> tuple[str, float]:
    began = time.thread_time()
    raw = LocalProvider().describe(image, PROFILE, references).raw
    took = time.thread_time() - began
    flags = [flag for flag in answers.parse(raw).flags if flag not in QUIET]
    return ", ".join(flags) or "nothing", took


def _counts(told: Counter[str]) -> str:
    return " · ".join(f"{count} {flags}" for flags, count in told.most_common())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
