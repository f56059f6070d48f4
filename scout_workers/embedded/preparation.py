"""From a folder's name to a running server: what is missing is made, what is there is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.embedded import (
    cluster,
    configuration,
    copies,
    folders,
    identity,
    installation,
    postmaster,
    starting,
)
from scout_workers.embedded.errors import FolderNotWritableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scout_workers.embedded.folders import Folders
    from scout_workers.embedded.identity import Identity
    from scout_workers.embedded.locks import FileLock


def run(
    where: Folders,
    lock: FileLock,
    announce: Callable[[str], None],
    options: Mapping[str, str],
    shared: Path,
) -> tuple[Folders, int]:
    """See to it that the server runs. Call it with the start lock held.

    Args:
        where: The caller's folder and where the cluster lies or would lie.
        lock: The start lock.
        announce: Told what takes seconds.
        options: Settings that differ from the usual ones.
        shared: Where root puts what the server's user cannot reach at home.

    Returns:
        The folders (the cluster may have been put elsewhere) and the server's port.

    Raises:
        EmbeddedError: It cannot be made to run.
    """
    running = postmaster.find(where)
    if running and running.ready and running.port:
        return where, running.port
    who = identity.choose(where.cluster)
    who.verify()
    original = cluster.installation_for(where, installation.find_all())
    programs = copies.within_reach(original, who, shared)
    if not where.exists:
        where = _place(where, who, shared)
        announce(f"making the embedded database in {where.cluster} (once, some seconds)")
        durable = options.get("fsync", "on") != "off"
        cluster.initialise(where, programs, who, lock, durable=durable)
    configuration.write(where, who, options)
    return where, starting.ensure(where, programs, who)


def _place(where: Folders, who: Identity, shared: Path) -> Folders:
    """At home if the server's user can go there, else under `shared`."""
    if not who.borrowed:
        return where
    where.open_to_server()
    if where.at_home and not who.reaches(where.home):
        where = where.remember_cluster(folders.outside(where.home, shared))
    if not where.at_home:  # since just now, or since an earlier try that was killed
        folders.make_folder(where.cluster.parent.parent, mode=0o755)
        folders.make_folder(where.cluster.parent, mode=0o711)
        folders.write_privately(where.cluster.parent / "origin", f"{where.home}\n")
        if not who.reaches(where.cluster.parent):
            raise FolderNotWritableError(
                f"the user {who.name}, as whom root runs the embedded Postgres, can enter "
                f"neither {where.home} nor {where.cluster.parent}: choose a data folder that "
                "everybody may enter (mode 711), or run as an ordinary user.",
            )
    return where
