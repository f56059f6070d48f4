"""A copy of the Postgres installation, for a server user who cannot reach the original.

That is root's case only: a virtual environment under /root cannot be entered by the user that
root lends the server. Parent folders belong to somebody and are never opened up for it.
"""

from __future__ import annotations

import secrets
import shutil
import stat
from typing import TYPE_CHECKING

from scout_workers.embedded.errors import BrokenInstallationError, FolderNotWritableError
from scout_workers.embedded.folders import make_folder
from scout_workers.embedded.installation import Installation, wheel_version

if TYPE_CHECKING:
    from pathlib import Path

    from scout_workers.embedded.identity import Identity

_PARTS = ("bin", "lib", "share")


def within_reach(original: Installation, who: Identity, shared: Path) -> Installation:
    """Return an installation that `who` can run: the original, or its copy under `shared`.

    Raises:
        BrokenInstallationError: Not even the copy runs.
        FolderNotWritableError: The copy cannot be made.
    """
    if not who.borrowed or original.usable_by(who):
        return original
    place = shared / f"postgres-{original.version}-{wheel_version()}"
    # The folders above the programs keep their names: the loader finds the wheel's libraries
    # by a path relative to each program.
    package = original.root.parent
    root = place / package.name / original.root.name
    if not root.exists():
        _copy(original, place)
    copy = Installation(root, original.major, original.version)
    if not copy.usable_by(who):
        raise BrokenInstallationError(
            f"the user {who.name}, as whom root runs the embedded Postgres, can run neither "
            f"{original.program('postgres')} nor the copy {copy.program('postgres')}. Is a "
            "folder above them closed, or the disk mounted noexec? Else set DATABASE_URL.",
        )
    return copy


def _copy(original: Installation, place: Path) -> None:
    """Copy beside `place` and rename: two processes at once make it twice and keep one."""
    make_folder(place.parent, mode=0o755)
    package = original.root.parent
    unfinished = place.with_name(f"{place.name}.new.{secrets.token_hex(4)}")
    try:
        for part in _PARTS:
            shutil.copytree(
                original.root / part,
                unfinished / package.name / original.root.name / part,
                symlinks=True,
            )
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        _open_up(unfinished)
        unfinished.rename(place)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not place.exists():
            raise FolderNotWritableError(
                f"cannot copy the Postgres programs to {place}: {error.strerror or error}.",
            ) from error


def _open_up(copy: Path) -> None:
    """Let everybody read the copy, whatever the umask and the original's modes were."""
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
