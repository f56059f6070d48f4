"""What a search found, as rows for people and as data for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.cli.summaries.words import window
from scout_workers.cli.tables import Column
from scout_workers.cli.words import local, state_style

if TYPE_CHECKING:
    from scout_workers.searching import Hit, Outcome
    from scout_workers.settings import Settings
    from scout_workers.store.search_sources import Cited, Source
    from scout_workers.store.searches import Organization

COLUMNS = (
    Column("when"),
    Column("camera", fold=True),
    Column("kind"),
    Column("severity", style=state_style),
    Column("text", fold=True),
    Column("matched"),
    Column("score", right=True),
    Column("picture", fold=True),
)

_NAMED = 4  # pictures that show an insight; `insights show` names them all


def row(hit: Hit, time_zone: str, settings: Settings) -> tuple[object, ...]:
    """Return a hit as a row of `COLUMNS`."""
    found, source = hit.found, hit.source
    return (
        local(found.observed_at, time_zone)
        if source is None
        else window(source.window or "", source.first, source.last, time_zone),
        found.camera or _cameras(source),
        found.key.kind if source is None or source.window is None else f"{source.window} summary",
        found.severity,
        found.body if source is None else _text(hit, source, time_zone),
        " + ".join(hit.matched),
        f"{hit.score:.4f}",
        _picture(settings, *_place(hit)),
    )


def data(outcome: Outcome, whose: Organization, settings: Settings) -> dict[str, object]:
    """Return an outcome for programs."""
    return {
        "organization": whose.name,
        "model": outcome.model,
        "note": outcome.note,
        "results": [_result(hit, whose.time_zone, settings) for hit in outcome.hits],
    }


def _result(hit: Hit, time_zone: str, settings: Settings) -> dict[str, object]:
    found, source = hit.found, hit.source
    return {
        "kind": found.key.kind,
        "id": found.key.id,
        "title": found.title,
        "text": found.text,
        "severity": found.severity,
        "observed_at": local(found.observed_at, time_zone),
        "camera": found.camera,
        "capture_id": found.capture_id,
        "analysis_id": found.analysis_id,
        "window": None
        if source is None
        else {
            "kind": source.window,
            "first": local(source.first, time_zone),
            "last": local(source.last, time_zone),
        },
        "evidence": None
        if source is None or source.window is not None
        else [_cited(each, time_zone, settings) for each in source.evidence],
        "picture": _picture(settings, *_place(hit)),
        "score": hit.score,
        "similarity": hit.similarity,
        "matched": hit.matched,
    }


def _cited(each: Cited, time_zone: str, settings: Settings) -> dict[str, object]:
    return {
        "observation_id": each.observation_id,
        "capture_id": each.capture_id,
        "camera": each.camera,
        "observed_at": local(each.observed_at, time_zone),
        "text": each.text,
        "picture": _picture(settings, each.bucket, each.blob_key),
    }


def _text(hit: Hit, source: Source, time_zone: str) -> str:
    """Write a headline and the part of the text that was meant; of an insight, what shows it."""
    found = hit.found
    before = "" if found.text.startswith(source.excerpt) else "… "
    after = "" if found.text.endswith(source.excerpt) else " …"
    told = f"{(found.title or '').rstrip('.')}: {before}{source.excerpt}{after}"
    times: dict[str, None] = {}
    for each in source.evidence:
        times[f"{local(each.observed_at, time_zone):%H:%M}"] = None
    if times:
        more = f" and {len(times) - _NAMED} more" if len(times) > _NAMED else ""
        told += f" Shown by {', '.join(list(times)[:_NAMED])}{more}."
    return told


def _cameras(source: Source | None) -> str:
    """Name the cameras of what is of several."""
    cited = () if source is None else source.evidence
    return ", ".join(sorted({each.camera for each in cited})) or "all cameras"


def _place(hit: Hit) -> tuple[str | None, str | None]:
    whose = hit.found if hit.source is None else hit.source
    return whose.bucket, whose.blob_key


def _picture(settings: Settings, bucket: str | None, key: str | None) -> str | None:
    if bucket is None or key is None:
        return None
    return settings.blobs.place(settings.data_dir, bucket, key)
