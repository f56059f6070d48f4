"""What happened in the yard on one day in March: quiet hours, and what Scout is there for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from scout_workers.demo.scenes.moments import Lens, Moment, Sight, Visitor

DAY = date(2026, 3, 14)

_ANY = Moment(datetime.combine(DAY, time(), UTC).replace(tzinfo=None), note="")
_INFRARED = replace(_ANY, infrared=True)
_EVENING = replace(_ANY, porch=True, clouds=0.2)
_FOG = replace(_ANY, fog=0.055, clouds=0.85, wet=0.25)
_RAIN = replace(_ANY, rain=0.7, wet=0.9, clouds=1.0, fog=0.009)

_VAN = Sight(Visitor.VAN, 0.35, 8.6)
_PARCEL = Sight(Visitor.PARCEL, -3.72, 9.72)


@dataclass(frozen=True, slots=True)
class _Diary:
    on: date
    seed: int

    def at(self, clock: str, note: str, like: Moment = _ANY, *sights: Sight) -> Moment:
        """One picture at a time of this day, under circumstances like those."""
        moment = datetime.combine(self.on, time.fromisoformat(clock), UTC).replace(tzinfo=None)
        return replace(like, at=moment, note=note, sights=sights, seed=self.seed)


def day(on: date = DAY, *, seed: int = 0) -> list[Moment]:
    """Every picture the camera takes on one day, in order of time.

    Args:
        on: The date in the pictures; the light is March's whatever the date.
        seed: Another seed is other noise, rain and grain in the same story.
    """
    diary = _Diary(on, seed)
    return [*_night(diary), *_morning(diary), *_delivery(diary), *_afternoon(diary),
            *_evening(diary)]  # fmt: skip


def _walker(x: float, y: float, heading: float, stride: float) -> Sight:
    return Sight(Visitor.WALKER, x, y, heading, stride)


def _night(diary: _Diary) -> list[Moment]:
    at = diary.at
    return [
        at("00:00:04", "night, infrared", _INFRARED),
        at("01:00:04", "night, infrared", _INFRARED),
        at("02:00:04", "night, infrared", _INFRARED),
        at("02:41:17", "a cat on the lawn, infrared", _INFRARED, _cat(3.1, 7.2, 70)),
        at("02:41:32", "a cat by the bed, infrared", _INFRARED, _cat(4.9, 7.9, 60)),
        at("03:00:04", "night, infrared", _INFRARED),
        at("04:00:04", "night, infrared", _INFRARED),
        at("05:00:04", "night, infrared", _INFRARED),
    ]


def _cat(x: float, y: float, heading: float) -> Sight:
    return Sight(Visitor.CAT, x, y, heading)


def _morning(diary: _Diary) -> list[Moment]:
    at = diary.at
    return [
        at("05:40:04", "first light", replace(_ANY, clouds=0.15)),
        at("06:00:04", "dawn", replace(_ANY, clouds=0.2)),
        at("06:20:04", "sunrise", replace(_ANY, clouds=0.2)),
        at("06:40:04", "dew on the lens", replace(_ANY, lens=Lens.MISTED, clouds=0.4)),
        at("07:00:04", "fog coming in", _FOG),
        at("07:20:04", "thick fog", replace(_FOG, fog=0.13, clouds=1.0)),
        at("07:40:04", "thick fog", replace(_FOG, fog=0.11, clouds=1.0)),
        at("08:00:04", "fog lifting", replace(_FOG, fog=0.035, clouds=0.6)),
        at("08:20:04", "morning haze", replace(_FOG, fog=0.010, clouds=0.3, wet=0.1)),
    ]


def _delivery(diary: _Diary) -> list[Moment]:
    at, clear = diary.at, replace(_ANY, clouds=0.18)
    return [
        at("08:52:10", "a walker on the pavement", clear, _walker(2.0, 18.3, -95, 0.8)),
        at("08:52:18", "a walker on the driveway", clear, _walker(0.4, 14.0, 195, -0.9)),
        at("08:52:26", "a walker turns to the door", clear, _walker(-1.7, 9.8, -95, 0.9)),
        at("08:53:02", "a walker leaves, a parcel stays", clear,
           _walker(-0.9, 11.6, 35, 0.8), _PARCEL),
        at("09:20:04", "a parcel on the step", clear, _PARCEL),
        at("09:40:04", "a van in the driveway", clear, _VAN, _PARCEL),
        at("10:00:04", "a van in the driveway", clear, _VAN, _PARCEL),
        at("10:04:41", "somebody beside the van", clear,
           _VAN, _PARCEL, _walker(2.2, 8.0, 160, 0.5)),
        at("10:30:04", "a van in the driveway", clear, _VAN, _PARCEL),
        at("11:00:04", "a van in the driveway", clear, _VAN),
        at("11:20:04", "an empty driveway", clear),
        at("12:00:04", "noon", clear),
    ]  # fmt: skip


def _afternoon(diary: _Diary) -> list[Moment]:
    at, sprayed = diary.at, replace(_ANY, lens=Lens.SPRAYED, clouds=0.3, wet=0.1)
    return [
        at("12:30:04", "an ordinary day", replace(_ANY, clouds=0.4)),
        at("13:00:04", "clouds", replace(_ANY, clouds=0.75)),
        at("13:20:04", "overcast", replace(_ANY, clouds=1.0, fog=0.003)),
        at("13:40:04", "rain", replace(_RAIN, rain=0.5, wet=0.6)),
        at("14:00:04", "heavy rain", replace(_RAIN, rain=1.0)),
        at("14:20:04", "rain", _RAIN),
        at("14:40:04", "wet after rain", replace(_ANY, clouds=0.55, wet=0.8)),
        at("15:00:04", "an ordinary day", replace(_ANY, clouds=0.35, wet=0.4)),
        at("15:12:39", "somebody comes close", replace(_ANY, clouds=0.3, wet=0.2),
           _walker(0.9, 7.4, 182, 0.7)),
        at("15:13:02", "the lens is sprayed", sprayed),
        at("15:40:04", "the lens is sprayed", sprayed),
        at("16:00:04", "the lens is covered", replace(_ANY, lens=Lens.COVERED)),
        at("16:20:04", "the lens is covered", replace(_ANY, lens=Lens.COVERED)),
        at("16:40:04", "the lens is clean again", replace(_ANY, clouds=0.2)),
        at("17:00:04", "low sun", replace(_ANY, clouds=0.15)),
    ]  # fmt: skip


def _evening(diary: _Diary) -> list[Moment]:
    at = diary.at
    return [
        at("17:25:04", "golden hour", replace(_ANY, clouds=0.15)),
        at("17:50:04", "sunset", replace(_ANY, clouds=0.2)),
        at("18:10:04", "dusk", replace(_ANY, clouds=0.2)),
        at("18:25:04", "dusk, porch lamp on", _EVENING),
        at("18:45:04", "late dusk, porch lamp on", _EVENING),
        at("19:30:04", "night, porch lamp on", _EVENING),
        at("20:14:50", "a walker by night", _EVENING, _walker(1.1, 15.6, 185, 0.8)),
        at("20:15:01", "a walker in the lamp light", _EVENING, _walker(-1.2, 10.2, 230, -0.8)),
        at("21:00:04", "night, porch lamp on", _EVENING),
        at("22:00:04", "night, porch lamp on", _EVENING),
        at("23:00:04", "night, infrared", _INFRARED),
        at("23:40:04", "night, infrared", _INFRARED),
    ]
