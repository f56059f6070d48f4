"""Numbers, times and lists as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_TIMES_TOLD = 5
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return "1 picture", "12 pictures", "no pictures"."""
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{number:,} {noun}" if number else f"no {noun}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return the same as a sentence begins with it: "One picture", "Two pictures"."""
    noun = singular if number == 1 else plural or f"{singular}s"
    word = _WORDS[number] if number < len(_WORDS) else f"{number:,}"
    return f"{upper(word)} {noun}"


def was(number: int) -> str:
    """Return the verb that goes with a number of things."""
    return "was" if number == 1 else "were"


def clock(moment: datetime) -> str:
    """Return a local time to the minute."""
    return f"{moment:%H:%M}"


def day(moment: datetime) -> str:
    """Return a date with its weekday, "Saturday, 14 March 2026"."""
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"


def listed(items: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def times(moments: Sequence[datetime]) -> str:
    """Return "at 07:20", "at 07:20 and 07:40", "12 times from 07:20 to 09:00"."""
    clocks = list(dict.fromkeys(clock(moment) for moment in moments))
    if len(clocks) <= _TIMES_TOLD:
        return f"at {listed(clocks)}"
    return f"{len(moments)} times from {clocks[0]} to {clocks[-1]}"


def share(part: int, whole: int, *, starting: bool = False) -> str:
    """Return "3 of 12", or "all 12" and "both" where it is the whole; "Three of 12" to start."""
    if part == whole:
        told = {1: "the only one", 2: "both"}.get(whole, f"all {whole:,}")
        return upper(told) if starting else told
    number = upper(_WORDS[part]) if starting and part < len(_WORDS) else f"{part:,}"
    return f"{number} of {whole:,}"


def upper(text: str) -> str:
    """Return a text as a sentence begins."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return a text as a sentence, with its full stop."""
    whole = upper(text.strip())
    return whole if whole.endswith((".", "!", "?", "…")) else f"{whole}."
