"""How many captures a selection has, of which models; in pages, so that it may be any size."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.backfills import sample_key
from scout_workers.store import backfill_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.domain.backfills import Selection
    from scout_workers.store.backfill_reports import Candidate, Figures


@dataclass(frozen=True, slots=True)
class ModelCount:
    """How many captures one model would look at, and what its calls came to so far."""

    provider: str
    model: str
    captures: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Survey:
    """What a selection has.

    Attributes:
        looked_at: Captures within its camera and times.
        wanted: Those of them that are to be analysed.
        without_profile: Captures whose camera has no active profile: they are left out.
        models: The wanted ones, by model.
        chosen: Which they are, each with when it was taken; empty unless the selection is a list.
    """

    looked_at: int
    wanted: int
    without_profile: int
    models: tuple[ModelCount, ...]
    chosen: tuple[tuple[datetime, UUID], ...] = ()


def survey(
    app: App,
    selection: Selection,
    ids: Sequence[UUID] | None = None,
    *,
    told: Callable[[int], None] = lambda _: None,
) -> Survey:
    """Count a selection.

    Args:
        app: The program.
        selection: What is wanted.
        ids: The captures that were named, where some were.
        told: Called now and then with how many captures have been looked at.
    """
    looked_at = without_profile = 0
    models: Counter[tuple[str, str]] = Counter()
    chosen: list[tuple[bytes, Candidate]] = []
    for page in _pages(app, selection, ids):
        looked_at += len(page)
        without_profile += sum(each.provider is None for each in page)
        wanted = [each for each in page if each.wanted]
        if selection.listed:
            chosen += [(sample_key(each.id), each) for each in wanted]
            if selection.sample is not None:
                chosen = heapq.nsmallest(selection.sample, chosen, key=lambda pair: pair[0])
        else:
            models.update((each.provider or "", each.model or "") for each in wanted)
        told(looked_at)
    if selection.listed:
        models.update((each.provider or "", each.model or "") for _, each in chosen)
    with app.store.transaction() as tx:
        counts = tuple(
            ModelCount(
                provider,
                model,
                captures,
                backfill_reports.figures(tx, selection.organization_id, provider, model),
            )
            for (provider, model), captures in sorted(models.items())
        )
    return Survey(
        looked_at=looked_at,
        wanted=sum(models.values()),
        without_profile=without_profile,
        models=counts,
        chosen=tuple((each.captured_at, each.id) for _, each in chosen),
    )


def _pages(app: App, selection: Selection, ids: Sequence[UUID] | None) -> Iterator[list[Candidate]]:
    if ids is not None:
        unique = sorted(set(ids))
        for start in range(0, len(unique), backfill_reports.PAGE):
            part = unique[start : start + backfill_reports.PAGE]
            with app.store.transaction() as tx:
                page = backfill_reports.candidates(tx, selection, ids=part)
            yield page
        return
    after = None
    while True:
        with app.store.transaction() as tx:
            page = backfill_reports.candidates(tx, selection, after=after)
        if page:
            yield page
        if len(page) < backfill_reports.PAGE:
            return
        after = (page[-1].captured_at, page[-1].id)
