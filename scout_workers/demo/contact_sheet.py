"""Writes the contact sheet of an outcome: reads the pictures back from where they are kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from scout_workers.demo.outcome import card
from scout_workers.demo.sheet import Card, Summary, page, thumbnail
from scout_workers.domain.errors import ScoutError
from scout_workers.llm.images import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.demo.outcome import Outcome
    from scout_workers.store.report_camera import Seen

_THREADS = 4


def write(blobs: BlobStore, outcome: Outcome, file: Path, title: str, origin: str) -> None:
    """Write the sheet, whole or not at all.

    Args:
        blobs: Where the pictures are kept.
        outcome: What is shown.
        file: Where the sheet goes.
        title: Its heading.
        origin: Where the pictures came from.

    Raises:
        OSError: The file cannot be written.
    """
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="thumbnails") as makers:
        pictures = list(makers.map(lambda seen: _thumbnail(blobs, seen), outcome.seen))
    cards = [
        card(seen, outcome, picture) for seen, picture in zip(outcome.seen, pictures, strict=True)
    ]
    cards += [Card(name, None, trouble=reason) for name, reason in outcome.skipped]
    summary = Summary(
        title=title,
        subtitle=_subtitle(outcome, origin),
        states=outcome.states,
        calls=outcome.bill.calls,
        in_doubt=outcome.bill.in_doubt,
        cost_microdollars=outcome.bill.cost_microdollars,
    )
    partial = file.with_suffix(".partial")
    partial.write_text(page(summary, cards, outcome.days), encoding="utf-8")
    partial.replace(file)


def _thumbnail(blobs: BlobStore, seen: Seen) -> bytes | None:
    """A described picture, small; None for what was refused, or is there no longer."""
    if seen.analysis_state != "completed":
        return None
    try:
        return thumbnail(blobs.read(seen.blob, limit=Limits().bytes))
    except (ScoutError, OSError):
        # It was whole when it was described. The sheet says "no picture" beside its words.
        return None


def _subtitle(outcome: Outcome, origin: str) -> str:
    days = sorted({outcome.local(seen.captured_at).date() for seen in outcome.seen})
    if not days:
        return origin
    when = f"{days[0]:%A, %d %B %Y}"
    if len(days) > 1:
        when = f"{days[0]:%d %B %Y} to {days[-1]:%d %B %Y}"
    return f"{when} · from {origin}"
