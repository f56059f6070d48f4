"""Local days as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from scout_workers.cli.errors import UsageMistakeError
from scout_workers.domain.windows import zone_of


def local_day(text: str, time_zone: str) -> date:
    """Return the local day that was meant.

    Raises:
        UsageMistakeError: It is none.
    """
    today = datetime.now(UTC).astimezone(zone_of(time_zone)).date()
    known = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return known.get(text.strip().lower()) or date.fromisoformat(text.strip())
    except ValueError:
        raise UsageMistakeError(
            f"{text!r} is no day: write it like 2026-06-21, today or yesterday."
        ) from None
