"""The policy for pictures that show nothing new: as options and in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scout_workers.cli.errors import UsageMistakeError
from scout_workers.domain.profiles import SkipUnchanged

if TYPE_CHECKING:
    from collections.abc import Mapping

OFF = "off"
METAVAR = "POLICY"
HELP = (
    "Do not pay for pictures that show nothing new: "
    '"distance=4,changed_area=0.001,at_most_in_a_row=5,longest_gap_s=3600"; "off": pay for all.'
)
USUAL = {"distance": 4, "changed_area": 0.001, "at_most_in_a_row": 5, "longest_gap_s": 3600}

_PART = re.compile(r"\s*(\w+)\s*=\s*([\d.]+)\s*")


def policy_of(text: str) -> SkipUnchanged | None:
    """Return the policy that was typed; what it leaves out is as usual.

    Raises:
        UsageMistakeError: It is none.
    """
    if text.strip().lower() == OFF:
        return None
    given: dict[str, int | float] = {}
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None or found[1] not in USUAL:
            raise UsageMistakeError(
                f"{part.strip()!r} is no part of a policy: write {', '.join(USUAL)} each with = "
                f"and a number, or {OFF}."
            )
        given[found[1]] = _number(found[1], found[2])
    return _checked(USUAL | given)


def policy_words(policy: SkipUnchanged | None) -> str:
    """Say what a policy does."""
    if policy is None:
        return "paid for like all others"
    return (
        f"skipped if at most {policy.distance} of 64 bits of the fingerprint and "
        f"{100 * policy.changed_area:g} % of the picture differ, at most "
        f"{policy.at_most_in_a_row} in a row, never after {policy.longest_gap_s} s without one"
    )


def _number(name: str, text: str) -> int | float:
    try:
        return float(text) if name == "changed_area" else int(text)
    except ValueError:
        raise UsageMistakeError(f"{name} is a whole number, not {text!r}.") from None


def _checked(values: Mapping[str, int | float]) -> SkipUnchanged:
    try:
        return SkipUnchanged(**values)  # type: ignore[arg-type]  # whole numbers, see `_number`
    except ValueError as error:
        raise UsageMistakeError(f"{error}.") from error
