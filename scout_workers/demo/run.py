"""The whole journey on one command: pictures in, observations out, nothing left running."""

from __future__ import annotations

import os
import re
import shlex
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scout_workers import embedded
from scout_workers.app import open_app
from scout_workers.demo import contact_sheet, reading, scenes, search, showing, vectors, writing
from scout_workers.demo import outcome as outcomes
from scout_workers.demo.hands import Hands, WorkerError
from scout_workers.demo.telling import stage
from scout_workers.demo.watching import unsettled, watch
from scout_workers.imports import find_pictures, import_pictures
from scout_workers.store import report_camera

if TYPE_CHECKING:
    from rich.console import Console

    from scout_workers.app import App
    from scout_workers.demo.telling import Stage
    from scout_workers.demo.writing import Desk
    from scout_workers.fake_llm import FakeLLM
    from scout_workers.imports import Found, ImportReport, Outcome
    from scout_workers.settings import Settings

ORGANIZATION = "demo"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at.

    Attributes:
        folder: Where the pictures are.
        camera: What their camera is called; a folder is one camera.
        title: For people.
    """

    folder: Path
    camera: str
    title: str


def run(
    settings: Settings, folder: Path | None, console: Console, fake: FakeLLM | None = None
) -> int:
    """Import a folder or the drawn yard, have a real worker describe it, and show what it saw.

    Args:
        settings: Where the database, the blobs and the data folder are.
        folder: Pictures of one camera; None draws a day of a yard.
        console: Where to tell of it.
        fake: Imitates the provider that is asked; None: nothing is imitated.

    Returns:
        The exit code: 0, or 1 if a picture that could have been described was not.

    Raises:
        ImportFolderError: The folder is not there, is none or holds no picture.
        AppError, EmbeddedError, MigrationError, StoreError, BlobError, psycopg.Error: The
            database or the blob store would not.
    """
    began = time.monotonic()
    own = settings.data_dir / "demo"
    if folder is not None:
        find_pictures(folder)  # before anything is started for nothing
    with (
        Hands(own / "worker.log", None if settings.database_url else settings.data_dir) as hands,
        open_app(settings, announce=lambda said: showing.say(console, said)) as app,
    ):
        subject = _drawn(own, console) if folder is None else _given(folder)
        if fake is not None:
            subject = _asking(subject, settings.models.describe.provider)
            showing.say(console, f"{subject.title}: imitated by fake-llm on {fake.root}.")
        page = own / f"{_slug(subject.title)}.html"
        imported = _imported(app, subject, console)
        ids = (imported.organization_id, imported.camera_id)
        before = outcomes.bill(app.store, *ids)
        borrowed = None
        try:
            if fake is not None:
                borrowed = vectors.borrow(app, settings.models.describe.provider)
            desk = _work(app, imported, subject, hands, console)
            searched = search.run(app, desk, borrowed)
        except WorkerError as error:
            showing.complaint(console, error)
            return 1
        finally:
            if borrowed is not None:
                vectors.give_back(app.store, borrowed)
            hands.stop()  # before the database goes
        outcome = outcomes.gather(app.store, imported, before, desk)
        contact_sheet.write(app.blobs, outcome, page, subject.title, str(subject.folder))
        places = _places(app, subject, page, hands)
    showing.table(console, outcome, names=folder is not None)
    reading.days(console, outcome.days)
    if searched is not None:
        search.show(console, searched, outcome.zone)
    showing.refused(console, outcome)
    showing.sums(console, outcome)
    if fake is not None:
        showing.till(console, fake.till)
    showing.places(console, places)
    asked = None if searched is None else search.command(searched.text, ORGANIZATION)
    showing.what_next(console, _command(), subject.folder, outcome.seen, asked)
    showing.say(console, f"\nDone in {time.monotonic() - began:.0f} s; nothing is left running.")
    return 1 if outcome.states.get("failed") else 0


def _given(folder: Path) -> Subject:
    # Named for its whole path: two folders called "photos" are not one camera.
    where = folder.resolve()
    return Subject(where, camera=str(where), title=where.name or "pictures")


def _drawn(own: Path, console: Console) -> Subject:
    subject = Subject(own / f"yard-{scenes.DAY}", camera="yard", title="Yard camera")
    with stage(console, "Drawing a day of a yard camera") as progress:
        scenes.write_day(subject.folder, wrote=progress.at)
    return subject


def _asking(subject: Subject, provider: str) -> Subject:
    """Make it another camera: what one provider saw is not what another one does."""
    camera, title = f"{subject.camera} ({provider})", f"{subject.title}, {provider}"
    return replace(subject, camera=camera, title=title)


def _imported(app: App, subject: Subject, console: Console) -> ImportReport:
    with stage(console, "Importing pictures") as progress:
        report = import_pictures(
            app,
            find_pictures(subject.folder),
            camera=subject.camera,
            organization=ORGANIZATION,
            progress=_Importing(progress),
        )
    news = f"{report.imported} imported"
    if report.already_there:
        news = f"{report.already_there} known already, {report.imported} new"
    showing.say(console, f"{report.found} pictures in {subject.folder}: {news}.")
    return report


class _Importing:
    """Watches an import for the progress bar."""

    def __init__(self, progress: Stage) -> None:
        self._progress = progress
        self._done = self._total = 0

    def begin(self, pictures: int) -> None:
        self._total = pictures
        self._progress.at(0, pictures)

    def took(self, picture: Found, outcome: Outcome) -> None:
        del picture, outcome
        self._done += 1
        self._progress.at(self._done, self._total)


def _work(
    app: App, imported: ImportReport, subject: Subject, hands: Hands, console: Console
) -> Desk:
    """Have the worker do what is to be done; it is not even started for nothing."""
    ids = (imported.organization_id, imported.camera_id)
    with app.store.transaction() as tx:
        waiting = unsettled(report_camera.states(tx, imported.camera_id))
    desk = writing.desk(app.store, ORGANIZATION, subject.camera, ids)
    unembedded = vectors.left(app.store, ids[0])
    if not waiting and not unembedded and not writing.unwritten(desk.states()):
        showing.say(console, "All was described and written about before: no worker is needed.")
        return desk
    hands.begin()
    if waiting:
        with stage(console, "Describing pictures") as progress:
            watch(app.store, imported.camera_id, hands, progress)
        desk = writing.desk(app.store, ORGANIZATION, subject.camera, ids)
    with stage(console, "Writing about hours and days") as progress:
        writing.write(desk, hands, progress)
    with stage(console, "Embedding texts") as progress:
        vectors.wait(app.store, ids[0], hands, progress)
    return desk


def _places(app: App, subject: Subject, page: Path, hands: Hands) -> list[tuple[str, str]]:
    database = "the server that DATABASE_URL names"
    if app.settings.database_url is None:
        database = f"{embedded.status(app.settings.data_dir).cluster} (stopped)"
    return [
        ("originals", str(subject.folder)),
        ("images", app.blobs.describe()),
        ("database", database),
        ("worker's log", str(hands.log)),
        ("contact sheet", page.as_uri()),
    ]


def _command() -> str:
    """How this program is called from here, fit to be pasted."""
    program = Path(sys.executable).with_name("scout-workers")
    near = os.path.relpath(program)
    words = shlex.quote(near if len(near) < len(str(program)) else str(program))
    if own := os.environ.get("SCOUT_DATA_DIR"):
        words = f"SCOUT_DATA_DIR={shlex.quote(own)} {words}"
    return words


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "pictures"
