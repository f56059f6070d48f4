"""How long a provider asks to be left alone, from the headers of its answer."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_SECONDS: Final = 3600.0
"""Of what is believed: after an hour it costs one refused call to ask again."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return seconds, 0 to `LONGEST_SECONDS`; None where the headers do not say.

    `retry-after-ms` says it best; `Retry-After` has seconds or a date, which is taken against
    the answer's own `Date`, so that nobody's clock matters.

    Args:
        headers: Whose names are found in any case.
    """
    seconds = _number(headers.get("retry-after-ms"))
    if seconds is not None:
        seconds /= 1000
    told = headers.get("retry-after")
    if seconds is None:
        seconds = _number(told)
    if seconds is None and told:
        seconds = _until(told, headers.get("date"))
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_SECONDS)


def _number(told: str | None) -> float | None:
    try:
        number = float(told or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _until(told: str, date: str | None) -> float | None:
    when = _moment(told)
    if when is None:
        return None
    now = _moment(date or "") or datetime.now(UTC)
    return (when - now).total_seconds()


def _moment(told: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
