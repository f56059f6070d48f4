"""Labels, fingerprints and tone curves, each held against what it must be."""

from __future__ import annotations

import fix_yard
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scout_workers.llm.local.frame import frame_of
from scout_workers.llm.local.phash import distance, fingerprint_of
from scout_workers.llm.local.planes import octaves
from scout_workers.llm.local.regions import labelled
from scout_workers.llm.local.structure import _NOISE
from scout_workers.llm.local.tone import in_tone_of


def flooded(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[int]:
    left = {(int(row), int(column)) for row, column in zip(*np.nonzero(mask), strict=True)}
    areas = []
    while left:
        edge, area = [left.pop()], 0
        while edge:
            row, column = edge.pop()
            area += 1
            near = {(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1)} & left
            left -= near
            edge += near
        areas.append(area)
    return sorted(areas, reverse=True)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 18), st.integers(1, 18), st.integers(0, 2**32), st.floats(0.1, 0.9))
def test_parts_are_what_a_flood_would_fill(
    height: int, width: int, seed: int, share: float
) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < share

    labels, parts = labelled(mask)

    assert [part.area for part in parts] == flooded(mask)
    assert ((labels > 0) == mask).all()
    for part in parts:
        assert (labels[part.box] == part.label).sum() == (labels == part.label).sum() == part.area


def test_a_fingerprint_knows_a_picture_again_and_others_apart() -> None:
    scene = fix_yard.yard()
    own = fingerprint_of(frame_of(fix_yard.sent(scene)))

    for again in (scene * 0.7, fix_yard.noisy(scene, 15), scene[::2, ::2]):
        assert distance(own, fingerprint_of(frame_of(fix_yard.sent(again)))) <= 8
    assert distance(own, fingerprint_of(frame_of(fix_yard.sent(scene[:, ::-1])))) > 16


def test_white_noise_falls_on_the_octaves_in_the_shares_that_are_taken_off() -> None:
    noise = np.random.default_rng(0).standard_normal((512, 512)).astype(np.float32)

    energies = [float((band * band).mean()) for band in octaves(noise, len(_NOISE))]

    assert np.allclose([energy / energies[0] for energy in energies], _NOISE, rtol=0.15)


def test_a_tone_curve_is_found_though_a_thing_came_into_the_picture() -> None:
    plane = np.random.default_rng(0).random((200, 300)).astype(np.float32)
    exposed = (0.1 + 0.5 * plane + 0.2 * plane**2).astype(np.float32)
    exposed[40:120, 60:160] = 1.0

    brought = in_tone_of(plane, exposed)

    assert float(np.median(np.abs(brought - exposed))) < 0.01
    assert float((exposed - brought)[40:120, 60:160].mean()) > 0.3
