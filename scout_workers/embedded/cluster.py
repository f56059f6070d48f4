"""Making a cluster: all of it or nothing, so that a kill at any moment leaves no half of one."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from typing import TYPE_CHECKING

from scout_workers.embedded.errors import ForeignClusterError, InitialisationError
from scout_workers.embedded.folders import make_folder, write_privately

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scout_workers.embedded.folders import Folders
    from scout_workers.embedded.identity import Identity
    from scout_workers.embedded.installation import Installation
    from scout_workers.embedded.locks import FileLock

SUPERUSER = "scout"
DATABASE = "scout"

_SECONDS = 180
_UNFINISHED = "cluster.new."
_BUILTIN_LOCALES_SINCE = 17


def initialise(
    folders: Folders,
    installation: Installation,
    identity: Identity,
    lock: FileLock,
    *,
    durable: bool,
) -> None:
    """Make the cluster in a folder of another name, and rename it when it is whole.

    initdb inherits the start lock, so whoever comes after a killed caller waits until its
    orphaned initdb is done writing, and then finds only leftovers to delete.

    Args:
        folders: Where it shall be; no cluster is there yet.
        installation: Whose initdb.
        identity: Who will own it.
        lock: The start lock, held.
        durable: Whether to wait for the disk.

    Raises:
        FolderNotWritableError: The folder around it cannot be made or written.
        InitialisationError: initdb failed; the message ends with what it said.
    """
    make_folder(folders.cluster.parent, mode=0o711)
    for leftover in folders.cluster.parent.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)
    password = secrets.token_urlsafe(24)
    write_privately(folders.password, f"{password}\n")
    unfinished = folders.cluster.with_name(f"{_UNFINISHED}{secrets.token_hex(4)}")
    make_folder(unfinished, mode=0o700)
    identity.own(unfinished)
    try:
        for command, typed in (
            (_initdb(installation, unfinished, durable=durable), ""),
            (_single_user(installation, unfinished, durable=durable), _script(password)),
        ):
            done = identity.run(command, seconds=_SECONDS, script=typed, keep=[lock.fileno()])
            if done.code:
                raise InitialisationError(_failed(folders, done.output))
        unfinished.rename(folders.cluster)
        _sync(folders.cluster.parent)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InitialisationError(_failed(folders, str(error))) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)  # the next caller deletes what is left


def installation_for(folders: Folders, found: Sequence[Installation]) -> Installation:
    """Choose the installation that a cluster's files belong to; for a new one, the newest.

    Raises:
        ForeignClusterError: None fits the cluster, or the cluster's password is lost.
    """
    if not folders.exists:
        return found[-1]
    if not folders.password.exists():
        raise ForeignClusterError(
            f"{folders.cluster} is there, but its password file {folders.password} is not: put "
            "it back, or move the cluster away to start afresh.",
        )
    version = (folders.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
    for each in found:
        if str(each.major) == version:
            return each
    here = " and ".join(str(each.major) for each in found)
    raise ForeignClusterError(
        f"{folders.cluster} was made by Postgres {version}, and the embedded one is {here}: move "
        f"it away to start afresh, or dump it with the pg_dump of Postgres {version} first.",
    )


def _initdb(installation: Installation, folder: Path, *, durable: bool) -> list[str | Path]:
    # No locale of the system's: which ones exist differs from machine to machine, and an index
    # must not change its order when the system's locale data does.
    locale = ["--locale=C", "--encoding=UTF8"]
    if installation.major >= _BUILTIN_LOCALES_SINCE:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    access = ["--auth=reject", f"--username={SUPERUSER}"]  # until our own pg_hba.conf is written
    haste = [] if durable else ["--no-sync"]
    return [installation.program("initdb"), "-D", folder, *locale, *access, *haste]


def _single_user(installation: Installation, folder: Path, *, durable: bool) -> list[str | Path]:
    settings = ["-c", "exit_on_error=on", "-c", f"fsync={'on' if durable else 'off'}"]
    return [installation.program("postgres"), "--single", *settings, "-D", folder, "template1"]


def _script(password: str) -> str:
    """What single-user mode reads from its standard input, where no process list shows it."""
    return f"ALTER ROLE {SUPERUSER} PASSWORD '{password}';\nCREATE DATABASE {DATABASE};\n"


def _sync(folder: Path) -> None:
    """Have the rename on disk before anybody's data is in what was renamed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failed(folders: Folders, reason: str) -> str:
    return f"could not make the embedded database in {folders.cluster}: {reason}"
