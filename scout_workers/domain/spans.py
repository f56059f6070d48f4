"""Lengths of time as people read them."""

from __future__ import annotations

_MINUTE = 60
_HOUR = 3600
_DAY = 86400


def span(seconds: float | None) -> str:
    """Write a length of time in one or two units; "-" where nobody knows it."""
    if seconds is None:
        return "-"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"
    return f"{seconds // _DAY:.0f} d {seconds % _DAY // _HOUR:.0f} h"
