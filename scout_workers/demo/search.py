"""A search at the end of a demo: for the gravest thing there was, by words and by likeness."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from scout_workers.demo import story
from scout_workers.demo.outcome import MOST_PICTURES
from scout_workers.demo.showing import STYLES, printable
from scout_workers.domain.observations import Severity
from scout_workers.domain.texts import Scope
from scout_workers.domain.windows import stretch
from scout_workers.llm.plain_text import plain
from scout_workers.searching import Query, Search
from scout_workers.store import report_camera

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from rich.console import Console

    from scout_workers.app import App
    from scout_workers.demo.sheet import Day
    from scout_workers.demo.writing import Desk
    from scout_workers.domain.embedding_models import EmbeddingModel
    from scout_workers.searching import Hit, Outcome
    from scout_workers.store.report_camera import Seen

_ROWS = 6
_WORDS = 3
_TELLING = re.compile(r"[^\W\d_]{3,}(?:-[^\W\d_]+)*")
_SAYING_NOTHING = frozenset({
    "the", "and", "was", "were", "is", "are", "that", "this", "what", "with", "from", "over",
    "about", "looked", "seen", "wholly", "partly", "picture", "pictures", "view", "most", "lay",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Searched:
    """What was asked for, and what was found.

    Attributes:
        places: Where the picture of each hit lies.
    """

    text: str
    outcome: Outcome
    places: Sequence[str]


def question(days: Sequence[Day], seen: Sequence[Seen], camera: str) -> str | None:
    """Return the telling words about the gravest thing; None: nothing was described.

    Args:
        days: With what is worth knowing of them, the gravest first.
        seen: The pictures, where nothing is.
        camera: Its name, which says nothing.
    """
    findings = [(each.severity, each.title) for day in days for each in day.findings]
    pictures = [(each.severity or Severity.INFO, each.headline) for each in seen if each.headline]
    told = findings or pictures
    if not told:
        return None
    _, said = max(told, key=lambda each: list(Severity).index(each[0]))
    named = (said or "").replace(plain(camera, len(camera)), " ")  # as a model would repeat it
    words = [each for each in _TELLING.findall(named) if each.lower() not in _SAYING_NOTHING]
    return " ".join(words[:_WORDS]) or said


def run(app: App, desk: Desk, model: EmbeddingModel | None) -> Searched | None:
    """Search a camera's texts for the gravest thing there was; None: nothing was described.

    Args:
        app: The program.
        desk: Whose camera, and which of its days.
        model: Whose vectors are compared; None: those of the model that is asked.
    """
    with app.store.transaction() as tx:
        seen = report_camera.captures(tx, desk.camera_id, limit=MOST_PICTURES)
        text = question(story.read(tx, desk), seen, desk.camera)
    if text is None:
        return None
    scope = Scope(desk.organization_id, cameras=(desk.camera_id,))
    outcome = Search(app.store, app.models, app.blobs).run(Query(text, scope, _ROWS), model)
    return Searched(text, outcome, [_place(app, hit) for hit in outcome.hits])


def show(console: Console, searched: Searched, zone: tzinfo) -> None:
    """Print what was found, each with its picture's path."""
    console.print()
    title = Text.assemble(("A search for ", "bold"), printable(f'"{searched.text}"'))
    console.print(title)
    if searched.outcome.note is not None:
        console.print(printable(f"{searched.outcome.note}."), style="dim")
    lines = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    lines.add_column("When", no_wrap=True)
    lines.add_column("Kind", no_wrap=True)
    lines.add_column("What is said, and where its picture lies", overflow="fold", ratio=1)
    for hit, place in zip(searched.outcome.hits, searched.places, strict=True):
        source = hit.source
        first, last = hit.found.observed_at, hit.found.observed_at
        if source is not None:
            first, last = source.first, source.last
        kind = str(hit.found.key.kind)
        window = None if source is None else source.window
        said = printable(hit.found.title or hit.found.body)
        said.stylize(STYLES[hit.found.severity])
        lines.add_row(
            stretch(first, last, zone, day=window == "day"),
            kind if window is None else f"{window} {kind}",
            Text("\n").join((said, Text(place, style="dim"))) if place else said,
        )
    console.print(lines)


def command(text: str, organization: str) -> str:
    """Return what the search is on the command line."""
    return f"search {shlex.quote(text)} --organization {shlex.quote(organization)}"


def _place(app: App, hit: Hit) -> str:
    whose = hit.found if hit.source is None else hit.source
    if whose.bucket is None or whose.blob_key is None:
        return ""
    settings = app.settings
    place = settings.blobs.place(settings.data_dir, whose.bucket, whose.blob_key)
    if settings.blobs.bucket is not None:
        return place
    near = os.path.relpath(place)
    return near if len(near) < len(place) else place
