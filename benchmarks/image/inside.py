"""Becomes a container's first process: what a container engine does between namespaces and exec.

Run by `container`, as root, in mount, pid, ipc and uts namespaces of its own, with the standard
library alone. The root is read-only; /tmp and /dev/shm are memory; the volume is a folder outside.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

DEVICES = ("null", "zero", "full", "random", "urandom")
PR_SET_NO_NEW_PRIVS = 38


def main() -> None:
    """Make the mounts, give up every right, and become the command."""
    plan = json.loads(sys.argv[1])
    root = Path(plan["root"])
    _mount("--make-rprivate", "/")
    _mount("--bind", root, root)  # a mount of its own, or it cannot be made read-only
    _mount("-t", "proc", "-o", "nosuid,noexec,nodev", "proc", root / "proc")
    _mount("-t", "tmpfs", "-o", "nosuid,nodev,mode=1777,size=64m", "tmp", root / "tmp")
    _mount("-t", "tmpfs", "-o", "nosuid,mode=755,size=1m", "dev", root / "dev")
    for name in DEVICES:
        (root / "dev" / name).touch()
        _mount("--bind", Path("/dev") / name, root / "dev" / name)
    (root / "dev/shm").mkdir()
    _mount("-t", "tmpfs", "-o", "nosuid,nodev,mode=1777,size=64m", "shm", root / "dev/shm")
    _mount("--bind", plan["volume"], root / plan["volume_at"].lstrip("/"))
    _mount("-o", "remount,bind,ro", root)
    os.chroot(root)
    os.chdir(plan["folder"])
    os.setgroups([])
    os.setgid(plan["gid"])
    os.setuid(plan["uid"])
    if ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError("no_new_privs was refused")
    os.execvpe(plan["command"][0], plan["command"], plan["environment"])  # noqa: S606 - to become it


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
