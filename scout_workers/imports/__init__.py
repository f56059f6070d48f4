"""A folder of pictures becomes captures: read, dated, stored and enqueued, each once."""

from scout_workers.imports.errors import (
    FolderMissingError,
    FolderUnreadableError,
    ImportFolderError,
    NoPicturesError,
    NotAFolderError,
    TimeZoneError,
)
from scout_workers.imports.importing import (
    find_pictures,
    import_folder,
    import_pictures,
)
from scout_workers.imports.report import Duplicate, ImportReport, Outcome, Refusal, Watcher
from scout_workers.imports.target import Wishes
from scout_workers.imports.timestamps import StampSource
from scout_workers.imports.walking import Found, SkipKind, Skipped

__all__ = [
    "Duplicate",
    "FolderMissingError",
    "FolderUnreadableError",
    "Found",
    "ImportFolderError",
    "ImportReport",
    "NoPicturesError",
    "NotAFolderError",
    "Outcome",
    "Refusal",
    "SkipKind",
    "Skipped",
    "StampSource",
    "TimeZoneError",
    "Watcher",
    "Wishes",
    "find_pictures",
    "import_folder",
    "import_pictures",
]
