"""What summaries and insights that were found are of: their time, and the pictures that show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from scout_workers.domain.texts import TextKey, TextKind
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scout_workers.store.transaction import Transaction

_SUMMARIES = query("search_summaries")
_INSIGHTS = query("search_insights")

EXCERPT: Final = 'StartSel="", StopSel="", MinWords=18, MaxWords=40'
"""How much of a long text is shown: as many words around those that were asked for."""


@dataclass(frozen=True, slots=True)
class Cited:
    """An observation that an insight cites, and the picture it is of."""

    observation_id: UUID
    capture_id: UUID
    camera: str
    observed_at: datetime
    text: str
    bucket: str
    blob_key: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a text of more than one picture is of.

    Attributes:
        window: "hour" or "day", of a summary.
        first: When its time began; of an insight, when the first of its evidence was to be seen.
        last: When it ended; when the last of it was.
        excerpt: The part of the text that has the words which were asked for.
        evidence: What an insight cites, in order of time.
        bucket: Where a picture of it lies, with `blob_key`: of a summary the gravest, of an insight
            the first.
    """

    window: str | None
    first: datetime
    last: datetime
    excerpt: str
    evidence: tuple[Cited, ...] = ()
    bucket: str | None = None
    blob_key: str | None = None


def of(
    tx: Transaction, organization_id: UUID, keys: Iterable[TextKey], text: str
) -> dict[TextKey, Source]:
    """Return what these texts are of, as far as they are summaries and insights.

    Args:
        tx: The transaction.
        organization_id: Whose.
        keys: Of the texts.
        text: What was asked for.
    """
    wanted: dict[TextKind, list[UUID]] = {TextKind.SUMMARY: [], TextKind.INSIGHT: []}
    for kind, id_ in keys:
        if kind in wanted:
            wanted[kind].append(id_)
    asked = {"organization_id": organization_id, "text": text, "excerpt": EXCERPT}
    found: dict[TextKey, Source] = {}
    if ids := wanted[TextKind.SUMMARY]:
        for id_, window, first, last, excerpt, bucket, key in tx.rows(
            _SUMMARIES, asked | {"ids": ids}
        ):
            found[TextKey(TextKind.SUMMARY, id_)] = Source(
                window, first, last, excerpt, bucket=bucket, blob_key=key
            )
    if ids := wanted[TextKind.INSIGHT]:
        for id_, excerpt, rows in tx.rows(_INSIGHTS, asked | {"ids": ids}):
            found[TextKey(TextKind.INSIGHT, id_)] = _insight(excerpt, rows)
    return found


def _insight(excerpt: str, rows: Iterable[tuple[str, ...]]) -> Source:
    cited = [
        Cited(UUID(id_), UUID(capture_id), camera, datetime.fromisoformat(at), *rest)
        for id_, capture_id, camera, at, *rest in rows
    ]
    return Source(
        None,
        cited[0].observed_at,
        cited[-1].observed_at,
        excerpt,
        tuple(cited),
        cited[0].bucket,
        cited[0].blob_key,
    )
