"""An image's root file system run as a container would be, without a container engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence

INSIDE = Path(__file__).parent / "inside.py"
NAMESPACES = ("--mount", "--pid", "--ipc", "--uts")
START_SECONDS = 30.0


class Image(NamedTuple):
    """What an image says of itself, and where it is unpacked.

    Attributes:
        root: Its root file system, mounted.
        config: As `docker inspect` shows it under Config.
    """

    root: Path
    config: dict[str, Any]

    @property
    def user(self) -> tuple[int, int]:
        """The user and the group it runs as, by number."""
        uid, _, gid = self.config["User"].partition(":")
        return int(uid), int(gid)

    @property
    def environment(self) -> dict[str, str]:
        """The variables it sets."""
        return dict(each.split("=", 1) for each in self.config["Env"])


class Container:
    """A running image. Leaving the `with` kills what is left of it.

    Args:
        image: Which.
        volume: The folder that its data folder is.
        log: Where both its outputs go.
        environment: Variables beside the image's own.
        command: Instead of the image's CMD.
    """

    def __init__(
        self,
        image: Image,
        volume: Path,
        log: Path,
        environment: Mapping[str, str],
        command: Sequence[str] = (),
    ) -> None:
        self._image = image
        self._environment = {**image.environment, **environment}
        uid, gid = image.user
        plan = {
            "root": str(image.root),
            "volume": str(volume),
            "volume_at": self._environment["SCOUT_DATA_DIR"],
            "folder": image.config.get("WorkingDir") or "/",
            "uid": uid,
            "gid": gid,
            "environment": self._environment,
            "command": [*image.config["Entrypoint"], *(command or image.config["Cmd"])],
        }
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [
                    *("unshare", *NAMESPACES, "--fork", "--kill-child"),
                    *(sys.executable, "-I", INSIDE, json.dumps(plan)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        self.pid = self._first()

    def _first(self) -> int:
        """Wait for the container's first process, and return its pid out here."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if found := children.read_text("ascii").split():
                return int(found[0])
            time.sleep(0.01)
        raise RuntimeError("the container did not start")

    def status(self) -> dict[str, str]:
        """Return what the kernel says of its first process."""
        lines = Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def root_is_read_only(self) -> bool:
        """Whether the kernel refuses to write to its root."""
        for line in Path(f"/proc/{self.pid}/mountinfo").read_text("utf-8").splitlines():
            _, _, _, _, where, options, *_ = line.split()
            if where == "/":
                return "ro" in options.split(",")
        return False

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command beside its first process, as `docker exec` does."""
        uid, gid = self._image.user
        beside = ["nsenter", "--target", str(self.pid), *NAMESPACES, "--root"]
        return subprocess.run(
            [*beside, "--setgid", str(gid), "--setuid", str(uid), "--", *command],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Signal its first process, as `docker stop` does."""
        os.kill(self.pid, number)

    def wait(self, seconds: float) -> int:
        """Wait for its end, and return its exit code.

        Raises:
            subprocess.TimeoutExpired: It goes on.
        """
        return self._process.wait(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
