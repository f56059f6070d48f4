"""Who runs the server: Postgres refuses to run as root, so root lends it another user."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.embedded.errors import NoUnprivilegedUserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ROOT = 0
_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Finished:
    """How a command ended: its exit code and everything it printed."""

    code: int
    output: str


@dataclass(frozen=True)
class Identity:
    """An operating-system user, and the way to run commands as it."""

    name: str
    uid: int
    gid: int

    @property
    def borrowed(self) -> bool:
        """Whether this is another user than the one we are (we are root then)."""
        return self.uid != os.geteuid()

    def run(
        self,
        command: Sequence[str | Path],
        *,
        seconds: float,
        script: str = "",
        keep: Sequence[int] = (),
    ) -> Finished:
        """Run a command as this user, in a session of its own so that Ctrl-C cannot reach it.

        Its output goes to a file, not a pipe: a server it leaves behind cannot make us hang.

        Args:
            command: Program and arguments.
            seconds: The command is killed after this long.
            script: Its standard input.
            keep: Descriptors that it inherits.

        Raises:
            OSError: The program is not there or cannot be executed by this user.
            subprocess.TimeoutExpired: It took longer than `seconds`.
        """
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(  # noqa: S603 - our own argument list, no shell
                [str(part) for part in command],
                input=script.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_environment(),
                timeout=seconds,
                check=False,
                start_new_session=True,
                pass_fds=keep,
                user=self.uid if self.borrowed else None,
                group=self.gid if self.borrowed else None,
                extra_groups=[] if self.borrowed else None,
            )
            output.seek(0)
            return Finished(done.returncode, output.read().decode(errors="replace").strip())

    def verify(self) -> None:
        """Check that the system lets us run anything as this user.

        Raises:
            NoUnprivilegedUserError: It does not, though we are root.
        """
        try:
            self.run(["/bin/sh", "-c", ":"], seconds=10)
        except (OSError, subprocess.SubprocessError) as error:
            raise NoUnprivilegedUserError(
                f"Postgres refuses to run as root, and this root may not become the user "
                f"{self.name} ({error}); a container without CAP_SETUID and CAP_SETGID, perhaps: "
                "grant them, run as an ordinary user, or set DATABASE_URL to a server of yours.",
            ) from error

    def reaches(self, folder: Path) -> bool:
        """Whether this user can enter `folder` (asked of the system: modes do not tell it all)."""
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], seconds=10).code == 0

    def own(self, folder: Path) -> None:
        """Give `folder`, which we made, to this user."""
        if self.borrowed:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)


def choose(cluster: Path) -> Identity:
    """Choose the user to run the server as.

    An ordinary user runs it itself. Root lends it the owner of `cluster` where that is there
    already, else the user `postgres`, else `nobody`.

    Raises:
        NoUnprivilegedUserError: There is no such user, or this one has no name.
    """
    uid = os.geteuid()
    if uid != _ROOT:
        return _of_uid(uid)
    if cluster.exists() and (owner := cluster.stat().st_uid) != _ROOT:
        return _of_uid(owner)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != _ROOT:
            return Identity(name, entry.pw_uid, entry.pw_gid)
    raise NoUnprivilegedUserError(
        "Postgres refuses to run as root, and this system has neither a user 'postgres' nor "
        "'nobody' to run it as: make one, run as an ordinary user, or set DATABASE_URL to a "
        "server of yours.",
    )


def _of_uid(uid: int) -> Identity:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise NoUnprivilegedUserError(
            f"user id {uid} has no name on this system, and Postgres refuses to run without one: "
            "add it to /etc/passwd, or set DATABASE_URL to a server of yours.",
        ) from None
    return Identity(entry.pw_name, uid, entry.pw_gid)


def _environment() -> dict[str, str]:
    """Our environment without what would steer Postgres or translate its messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}
