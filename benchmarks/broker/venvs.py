"""A venv for each contender that cannot live in ours, made once in the user's cache folder."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable

    from .catalogue import Entrant


class NotInstallableError(Exception):
    """A contender's packages cannot be had here; the sentence says why."""


def python_of(entrant: Entrant, announce: Callable[[str], None]) -> Path:
    """Return the interpreter that has what the contender needs.

    Raises:
        NotInstallableError: pip could not install its pins.
    """
    if not entrant.pins:
        return Path(sys.executable)
    wanted = "\n".join((sys.version, *entrant.pins))
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:12]
    cache = Path(platformdirs.user_cache_dir("scout-workers")) / "bench"
    folder = cache / f"{entrant.name}-{digest}"
    python = folder / "bin" / "python"
    if (folder / ".complete").exists():
        return python
    announce(f"installing {', '.join(entrant.pins)} into {folder}")
    shutil.rmtree(folder, ignore_errors=True)
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--no-input", *entrant.pins],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
            raise NotInstallableError(
                f"{entrant.title} is left out: {' '.join(command[-4:])} said: {said[-1]}"
            )
    (folder / ".complete").touch()
    return python


def version_of(entrant: Entrant, python: Path) -> str:
    """Ask the venv which version the contender has."""
    program = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    done = subprocess.run(
        [str(python), "-c", program, entrant.version_of], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
