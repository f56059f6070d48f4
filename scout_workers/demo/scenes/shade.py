"""Light on the stage: sun and shadow, sky, lamps, infrared, wet ground, fog."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from scout_workers.demo.scenes import optics, yard
from scout_workers.demo.scenes.light import sky
from scout_workers.demo.scenes.noise import sample
from scout_workers.demo.scenes.parts import Kind
from scout_workers.demo.scenes.stage import dot, empty, enlarge

if TYPE_CHECKING:
    from scout_workers.demo.scenes.arrays import Bools, Floats, Vector
    from scout_workers.demo.scenes.light import Daylight
    from scout_workers.demo.scenes.moments import Moment
    from scout_workers.demo.scenes.stage import Stage

_WARM = np.array([1.0, 0.62, 0.30], dtype=np.float32)
_SODIUM = np.array([1.0, 0.52, 0.16], dtype=np.float32)
_PORCH, _STREET = 0.55, 0.42  # strength of the lamps
_LAMPS_BELOW = 1.0  # degrees of the sun
_LAMP_REACH = 9.0  # metres within which a lamp throws shadows
_FOGGY = 0.01  # per metre: from here on it drifts in banks
_SHADOWLESS = 0.01
_AT_HOME = range(17, 23)  # hours
_RED_TO_GREY = np.array([0.45, 0.40, 0.15], dtype=np.float32)


def radiance(stage: Stage, moment: Moment, light: Daylight) -> Floats:
    """Linear light that reaches the camera from every pixel, shape (HEIGHT, WIDTH, 3)."""
    upward = (0.55 + 0.45 * stage.normals[..., 2])[..., None]
    arriving = stage.ambient[..., None] * (
        light.sky * upward + light.sky * np.float32(0.22) * (1 - upward)
    )
    if light.sun.max() > _SHADOWLESS:
        arriving += _sunlit(stage, light)[..., None] * light.sun
    if moment.porch:
        arriving += (_lamp(stage, yard.PORCH_LAMP) * _PORCH)[..., None] * _WARM
    if light.elevation < _LAMPS_BELOW:
        arriving += (_lamp(stage, yard.STREET_LAMP) * _STREET)[..., None] * _SODIUM
    albedo = stage.albedo
    if moment.wet:
        albedo = _darkened(stage, moment.wet)
    seen: Floats = albedo * arriving
    if moment.wet:
        _shine(seen, stage, light, moment.wet)
    _mirror_sky(seen, stage, light)
    _glow(seen, stage, moment, light)
    _veil(seen, stage, moment, light)
    return seen


def _sunlit(stage: Stage, light: Daylight) -> Floats:
    facing = dot(stage.normals, light.towards_sun)
    leaf = stage.kinds == Kind.FOLIAGE
    facing[leaf] = 0.25 + 0.75 * facing[leaf]  # light comes through leaves
    coarse = slice(None, None, 2)
    asked = (facing[coarse, coarse] > 0) & (stage.kinds[coarse, coarse] != Kind.SKY)
    lifted = stage.points[coarse, coarse][asked] + 0.02 * stage.normals[coarse, coarse][asked]
    points = lifted.T.copy()
    blocked = np.zeros(points.shape[1], dtype=np.float32)
    for part in stage.casters:
        behind = part.solid.blocks(points, light.towards_sun)
        if part.kind is Kind.FOLIAGE:
            blocked[behind] = np.maximum(blocked[behind], _dapple(points[:, behind]))
        else:
            blocked[behind] = 1
    shadow = np.zeros(asked.shape, dtype=np.float32)
    shadow[asked] = blocked
    lit: Floats = np.maximum(facing, 0) * (1 - enlarge(shadow))
    return lit


def _dapple(points: Floats) -> Floats:
    """Sun through a crown: mostly shade, with coins of light."""
    spots = sample(points[0] * 24, points[1] * 24 + points[2] * 17, roughness=0.9, seed=51)
    shade: Floats = np.clip(0.80 + 0.35 * spots, 0.25, 1)
    return shade


def _lamp(stage: Stage, where: Vector) -> Floats:
    """What a small lamp lays on every surface."""
    lamp = np.array(where, dtype=np.float32)
    if stage is empty():
        return _still_lamp(where)
    reach = lamp - stage.points
    squared = np.einsum("...i,...i->...", reach, reach) + 0.05
    facing = np.einsum("...i,...i->...", reach, stage.normals) / np.sqrt(squared)
    fallen: Floats = np.maximum(facing * 0.85 + 0.15, 0) / squared
    fallen[stage.kinds == Kind.SKY] = 0
    return fallen * _lamp_shadow(stage, lamp)


def _lamp_shadow(stage: Stage, lamp: Floats) -> Floats:
    coarse = (stage.points + 0.03 * stage.normals)[::2, ::2]
    reach = coarse - lamp
    distance = np.linalg.norm(reach, axis=-1)
    rays = reach / distance[..., None]
    free = np.ones(distance.shape, dtype=np.float32)
    for part in stage.casters:
        middle = part.solid.corners.mean(axis=0)
        if np.linalg.norm(middle - lamp) < _LAMP_REACH:
            near, _ = part.solid.hit(lamp, rays)
            free[near < distance - 0.05] = 0.06
    return enlarge(free)


@cache
def _still_lamp(where: Vector) -> Floats:
    return _lamp(empty().copy(), where)


def _darkened(stage: Stage, wet: float) -> Floats:
    soaked = np.where(stage.kinds == Kind.GROUND, 1 - 0.42 * wet, 1 - 0.15 * wet)
    albedo: Floats = stage.albedo * soaked.astype(np.float32)[..., None]
    return albedo


def _shine(seen: Floats, stage: Stage, light: Daylight, wet: float) -> None:
    floor = stage.kinds == Kind.GROUND
    rays = optics.rays()[floor]
    points = stage.points[floor]
    puddles = np.clip(
        0.45 + 0.5 * sample(points[:, 0] * 9, points[:, 1] * 9, roughness=1.5, seed=52), 0.05, 1
    )
    hard = np.clip(1.6 - 9 * np.abs(stage.albedo[floor][:, 1] - stage.albedo[floor][:, 2]), 0.1, 1)
    fresnel = 0.03 + 0.97 * (1 - np.clip(-rays[:, 2], 0, 1)) ** 5
    seen[floor] += (fresnel * puddles * hard * wet * stage.ambient[floor])[:, None] * light.horizon


def _mirror_sky(seen: Floats, stage: Stage, light: Daylight) -> None:
    glass = (stage.kinds == Kind.GLASS) | (stage.kinds == Kind.WINDOW)
    rays, normals = optics.rays()[glass], stage.normals[glass]
    along = np.einsum("ni,ni->n", rays, normals)
    mirrored = rays - 2 * along[:, None] * normals
    fresnel = 0.06 + 0.94 * (1 - np.clip(-along, 0, 1)) ** 5
    seen[glass] += (fresnel * np.clip(0.55 + mirrored[:, 2], 0.15, 1))[:, None] * light.horizon


def _glow(seen: Floats, stage: Stage, moment: Moment, light: Daylight) -> None:
    if moment.porch:
        seen[stage.kinds == Kind.PORCH_LAMP] = _WARM * 6
    if light.elevation < _LAMPS_BELOW:
        seen[stage.kinds == Kind.STREET_LAMP] = _SODIUM * 5
        if moment.at.hour in _AT_HOME:
            seen[(stage.kinds == Kind.WINDOW) & _lived_in(stage)] = _WARM * np.float32(0.22)


def _lived_in(stage: Stage) -> Bools:
    """Two rooms of three have somebody in them."""
    rooms: Bools = np.floor(stage.points[..., 0] / 4.1) % 3 != 0
    return rooms


def _veil(seen: Floats, stage: Stage, moment: Moment, light: Daylight) -> None:
    """Lay sky where the sky is, and fog over everything by distance."""
    open_sky = stage.kinds == Kind.SKY
    seen[open_sky] = sky(optics.rays()[open_sky], light)
    if moment.fog <= 0:
        return
    thickness = moment.fog * np.minimum(stage.depth, 160)
    if moment.fog > _FOGGY:
        coarse = slice(None, None, 4)
        x, y = stage.points[coarse, coarse, 0] * 3, stage.depth[coarse, coarse] * 2
        drift = sample(x + moment.at.minute * 5, y, roughness=1.6, seed=53)
        thickness *= 1 + 0.16 * enlarge(drift)
    clear = np.exp(-thickness)[..., None]
    milk = light.sky * 0.75 + light.horizon * 0.35 + light.sun * 0.06
    seen *= clear
    seen += milk * (1 - clear)


def infrared(stage: Stage) -> Floats:
    """What the camera's own infrared lamps bring back at night, shape (HEIGHT, WIDTH)."""
    grey = dot(stage.albedo, _RED_TO_GREY)
    leaf = stage.kinds == Kind.FOLIAGE
    lawn = (stage.kinds == Kind.GROUND) & (stage.albedo[..., 1] > stage.albedo[..., 2] * 1.5)
    grey = np.where(leaf, grey * 2.6 + 0.06, np.where(lawn, grey * 1.5 + 0.02, grey * 0.9 + 0.03))
    facing = -np.einsum("...i,...i->...", optics.rays(), stage.normals)
    across = np.linspace(-1, 1, optics.WIDTH, dtype=np.float32)
    down = np.linspace(-1, 1, optics.HEIGHT, dtype=np.float32)
    beam = np.exp(-(across[None, :] ** 2) * 1.5 - (down[:, None] + 0.10) ** 2 * 0.9)
    seen: Floats = grey * np.maximum(facing * 0.6 + 0.4, 0) * beam / (stage.depth**1.8 + 26) * 60
    back = stage.kinds == Kind.MIRROR
    seen[back] += 90 / (stage.depth[back] + 12)
    seen[stage.kinds == Kind.SKY] = 0.0015
    seen[stage.kinds == Kind.STREET_LAMP] = 3.0
    return seen
