"""The import itself: blobs first, then small transactions that hold captures and their messages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scout_workers import messages
from scout_workers.imports.errors import NoPicturesError
from scout_workers.imports.reading import Reading, read
from scout_workers.imports.report import Duplicate, ImportReport, Nobody, Outcome, Refusal, Watcher
from scout_workers.imports.target import AS_IT_IS, Target, Wishes, prepare
from scout_workers.imports.walking import Found, Skipped, Survey, survey
from scout_workers.llm.images import Limits
from scout_workers.store import captures, reports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scout_workers.app import App
    from scout_workers.domain.captures import BlobRef

# One transaction, and what is held in memory at a time.
_BATCH_CAPTURES = 50
_BATCH_BYTES = 64_000_000
# A blob takes milliseconds on a disk and tens of them on S3, most of it waiting.
_WRITERS = 8


def find_pictures(folder: Path) -> Survey:
    """List the pictures below `folder`, before anything is opened or begun.

    Raises:
        ImportFolderError: The folder is not there, is none, or holds no picture.
    """
    found = survey(folder, max_bytes=Limits().bytes)
    if not found.pictures and not found.skipped_pictures:
        raise NoPicturesError(folder, len(found.skipped))
    return found


def import_folder(
    app: App,
    folder: Path,
    *,
    camera: str,
    organization: str = "default",
    wishes: Wishes = AS_IT_IS,
    progress: Watcher | None = None,
) -> ImportReport:
    """Import every picture below `folder`: `find_pictures`, then `import_pictures`."""
    return import_pictures(
        app,
        find_pictures(folder),
        camera=camera,
        organization=organization,
        wishes=wishes,
        progress=progress,
    )


def import_pictures(
    app: App,
    found: Survey,
    *,
    camera: str,
    organization: str = "default",
    wishes: Wishes = AS_IT_IS,
    progress: Watcher | None = None,
) -> ImportReport:
    """Import pictures as captures of one camera, each with its message.

    May be stopped or killed at any moment and run again: blobs are named for their contents, a
    capture is committed together with its message, and what is there already is passed over.

    Args:
        app: The program, its database up to date.
        found: The pictures.
        camera: The camera's name; made if it is new.
        organization: Whose camera it is; made if it is new.
        wishes: What differs from the camera's profile.
        progress: Told of every picture.

    Raises:
        TimeZoneError: Nobody knows the time zone.
        BlobError, psycopg.Error, StoreError, BrokerError: Storing failed; what was imported
            stays, and the same call goes on from there.
    """
    target = prepare(app, camera, organization, wishes)
    report = ImportReport(
        target.organization_id, target.camera_id, len(found.pictures), skipped=[*found.skipped]
    )
    watcher = progress or Nobody()
    watcher.begin(len(found.pictures))
    with ThreadPoolExecutor(_WRITERS, thread_name_prefix="import-blobs") as writers:
        for batch in _batches(found.pictures):
            readings = list(_read(batch, target, report, watcher))
            sources = _store(app, target, readings, writers)
            for reading in readings:
                outcome = _count(report, reading, sources.get(reading.key(target.prefix)))
                watcher.took(reading.found, outcome)
    return report


def _read(
    batch: Sequence[Found], target: Target, report: ImportReport, watcher: Watcher
) -> Iterator[Reading]:
    now = datetime.now(UTC)
    for picture in batch:
        reading = read(picture, zone=target.zone, now=now, limits=Limits())
        if isinstance(reading, Skipped):
            report.skipped.append(reading)
            watcher.took(picture, Outcome.SKIPPED)
        else:
            yield reading


def _batches(pictures: Sequence[Found]) -> Iterator[list[Found]]:
    batch: list[Found] = []
    size = 0
    for picture in pictures:
        if batch and (len(batch) == _BATCH_CAPTURES or size + picture.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(picture)
        size += picture.size
    if batch:
        yield batch


def _store(
    app: App, target: Target, readings: Sequence[Reading], writers: ThreadPoolExecutor
) -> dict[str, str | Found]:
    """Store what is new; return by key the file it was, or the name what was there already has."""
    blobs = {app.blobs.ref(reading.key(target.prefix)): reading for reading in reversed(readings)}
    if not blobs:
        return {}
    bucket = next(iter(blobs)).bucket
    with app.store.transaction() as tx:
        known = reports.known_keys(tx, bucket, [ref.key for ref in blobs])
    new = {ref: reading for ref, reading in blobs.items() if ref.key not in known}

    def write(item: tuple[BlobRef, Reading]) -> None:
        ref, reading = item
        app.blobs.write(ref, reading.data, content_type=reading.content_type)

    # Blobs before rows: a capture whose image is not there yet could be claimed at once.
    list(writers.map(write, new.items()))
    sources: dict[str, str | Found] = {**known}
    with app.store.transaction() as tx:
        # In the order of their keys, or two imports of the same pictures could wait for each
        # other's rows for ever.
        for ref, reading in sorted(new.items(), key=lambda item: item[0].key):
            capture_id = captures.insert(tx, _capture(target, ref, reading))
            if capture_id is not None:
                messages.analyze_capture(capture_id, historical=target.historical).send(tx)
                sources[ref.key] = reading.found
    return sources


def _capture(target: Target, ref: BlobRef, reading: Reading) -> captures.NewCapture:
    return captures.NewCapture(
        organization_id=target.organization_id,
        camera_id=target.camera_id,
        bucket=ref.bucket,
        key=ref.key,
        captured_at=reading.stamp.moment,
        size_bytes=len(reading.data),
        sha256=reading.sha256,
        source=reading.found.name,
    )


def _count(report: ImportReport, reading: Reading, source: str | Found | None) -> Outcome:
    """Count a picture; `source` is None where another import was quicker by a moment."""
    report.dated_by[reading.stamp.source] += 1
    if reading.refusal is not None:
        report.refused.append(Refusal(reading.found.name, reading.refusal))
    if source is reading.found:
        report.imported += 1
        return Outcome.IMPORTED
    report.already_there += 1
    there = source.name if isinstance(source, Found) else source
    if there is not None and there != reading.found.name:
        report.duplicates.append(Duplicate(reading.found.name, there))
    return Outcome.ALREADY_THERE
