"""Finding the folder the settings lie in."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from .errors import SettingsError

BASE = "base.toml"


def settings_folder() -> Path:
    """Return $SCOUT_SETTINGS_DIR, else the checkout's settings/, else what the wheel installed.

    Raises:
        SettingsError: The folder is not there, or is no settings folder.
    """
    if given := os.environ.get("SCOUT_SETTINGS_DIR"):
        folder = Path(given).expanduser().absolute()
        if not (folder / BASE).is_file():
            raise SettingsError(
                f"SCOUT_SETTINGS_DIR: {folder} holds no {BASE}; name a folder with base.toml, "
                "queues.toml and schedule.toml, or unset it to use those that were installed"
            )
        return folder
    found = _checkout() or _installed()
    if found is None:
        raise SettingsError(
            f"no settings folder: neither a checkout's settings/{BASE} nor the one the package "
            "installs is there; install scout-workers again, or set SCOUT_SETTINGS_DIR"
        )
    return found


def _checkout() -> Path | None:
    root = Path(__file__).resolve().parents[2]
    # setup.cfg too: site-packages may hold anybody's folder named settings.
    here = (root / "setup.cfg").is_file() and (root / "settings" / BASE).is_file()
    return root / "settings" if here else None


def _installed() -> Path | None:
    # The wheel's own list of files knows where share/ went: a venv, --user, Debian's /usr/local.
    try:
        files = distribution("scout-workers").files or []
    except PackageNotFoundError:
        return None
    for file in files:
        if file.parts[-4:] == ("share", "scout_workers", "settings", BASE):
            return Path(str(file.locate())).resolve().parent
    return None
