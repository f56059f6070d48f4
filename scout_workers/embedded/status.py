"""Looking at the embedded server without starting or making anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scout_workers.embedded import folders, postmaster
from scout_workers.embedded.errors import FolderNotWritableError


@dataclass(frozen=True)
class Status:
    """What is there: enough to tell a person where their data lies and whether it is served.

    Attributes:
        state: "absent" (no cluster yet), "stopped", "starting" or "running".
        cluster: The folder of the data.
        log: The folder of the server's log.
        major: The Postgres version of the cluster, None if absent.
        pid: The server's process, None unless starting or running.
        port: Its TCP port on 127.0.0.1, None unless starting or running.
    """

    state: Literal["absent", "stopped", "starting", "running"]
    cluster: Path
    log: Path
    major: int | None
    pid: int | None
    port: int | None


def status(data_dir: Path) -> Status:
    """Look at the embedded server of `data_dir`; nothing is started, made or locked.

    Raises:
        FolderNotWritableError: The folder is another user's, so that we may not even look.
    """
    return of(folders.look(Path(data_dir)))


def of(where: folders.Folders) -> Status:
    """Look at the server of folders that are worked out already."""
    try:
        if not where.exists:
            return Status("absent", where.cluster, where.log, None, None, None)
        text = (where.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
        running = postmaster.find(where)
    except OSError as error:
        raise FolderNotWritableError(
            f"cannot look into {where.cluster}: {error.strerror}.",
        ) from error
    major = int(text) if text.isdigit() else None
    if running is None:
        return Status("stopped", where.cluster, where.log, major, None, None)
    state: Literal["running", "starting"] = "running" if running.ready else "starting"
    return Status(state, where.cluster, where.log, major, running.pid, running.port)
