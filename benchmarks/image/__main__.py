"""What scripts/image does with an image once it is built: shows it, runs it, stops it under load.

    python -m benchmarks.image --root DIR --inspected FILE --layers FILE [--signal KILL]

Runs the image's own command as a container would run it: as the image's user, without
capabilities, on a read-only root, in namespaces of its own (as root, with util-linux). The
database is outside it: a new one on DATABASE_URL's server, dropped afterwards, else an embedded
one. The model is fake-llm, which counts what it is asked and what it bills. When a third of the
captures are done the container gets SIGTERM; a second one does the rest. Exit code 1 if anything
was lost or done twice. --signal KILL is the control: what a kill leaves in doubt.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.image import facts
from benchmarks.image.container import Image
from benchmarks.image.drain import Scene
from scout_workers import settings
from scout_workers.app import open_app
from scout_workers.fake_llm import Latency, Options, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.image.drain import Story


def main() -> int:
    """Show the image, and play the scene."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, required=True, help="the image's, mounted")
    parser.add_argument("--inspected", type=Path, required=True, help="of buildah inspect")
    parser.add_argument("--layers", type=Path, required=True, help="layers.json of its store")
    parser.add_argument("--captures", type=int, default=150)
    parser.add_argument("--latency", default="1-2", help="of the model, in seconds")
    parser.add_argument("--signal", choices=("TERM", "KILL"), default="TERM")
    parser.add_argument("--no-drain", action="store_true", help="only show what it is made of")
    asked = parser.parse_args()
    console = Console(width=None if Console().is_terminal else 120, highlight=False)
    facts.show(console, asked.inspected, asked.layers)
    if asked.no_drain:
        return 0
    image = Image(asked.root, facts.config_of(asked.inspected))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scout-image-")))
        folder.chmod(0o711)  # the containers' user and the database server's pass through
        (folder / "volume").mkdir()
        os.environ["SCOUT_BLOBS__URL"] = f"file:{folder}/volume/blobs"
        os.environ["SCOUT_VECTOR_SEARCH"] = "false"
        stack.enter_context(scratch_database())
        fake = stack.enter_context(serving(Options(latency=Latency.of(asked.latency))))
        app = stack.enter_context(open_app(settings.load(data_dir=folder / "data")))
        try:
            scene = Scene(app, fake, image, folder, asked.captures)
            story = scene.play(signal.Signals[f"SIG{asked.signal}"])
        except RuntimeError:
            print((folder / "containers.log").read_text("utf-8", errors="replace"))
            raise
    return show(console, story, asked)


@contextmanager
def scratch_database() -> Iterator[None]:
    """Have DATABASE_URL, if it is set, name a new database of its server for the block's length."""
    given = os.environ.get("DATABASE_URL")
    if not given:
        yield
        return
    name = f"scout_image_{uuid4().hex[:12]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    try:
        yield
    finally:
        os.environ["DATABASE_URL"] = given
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def show(console: Console, story: Story, asked: argparse.Namespace) -> int:
    """Print what happened beside what is asked; return the exit code."""
    after, end = story.standing
    status, count = story.status, asked.captures
    uid = status["Uid"].split()[0]
    lines: list[tuple[str, object, str, bool]] = [
        ("runs as user", uid, "not 0", uid != "0"),
        ("capabilities", status["CapEff"], "none", int(status["CapEff"], 16) == 0),
        ("root is read-only", story.read_only, "True", story.read_only),
        ("HEALTHCHECK, at work", story.health[0], "0", story.health[0] == 0),
        ("calls under way at the signal", story.running, "> 0", story.running > 0),
        ("exit code", story.codes[0], "0", story.codes[0] == 0),
        ("seconds from signal to exit", f"{story.seconds:.1f}", "", True),
        ("then completed", after["completed"], f"< {count}", after["completed"] < count),
        (
            "completed and waiting",
            after["completed"] + after["waiting"],
            str(count),
            after["completed"] + after["waiting"] == count,
        ),
        ("messages still leased", after["leased"], "0", after["leased"] == 0),
        ("calls still open", after["started"], "0", after["started"] == 0),
        ("workers still registered", after["workers"], "0", after["workers"] == 0),
        ("in the end completed", end["completed"], str(count), end["completed"] == count),
        ("captures analysed twice", end["twice"], "0", end["twice"] == 0),
        ("events", end["events"], str(count), end["events"] == count),
        ("calls billed by the provider", end["billed"], str(count), end["billed"] == count),
        ("of them for the same again", end["billed_again"], "0", end["billed_again"] == 0),
        ("calls in doubt", end["in_doubt"], "0", end["in_doubt"] == 0),
        ("dead messages", end["dead"], "0", end["dead"] == 0),
    ]
    console.print(
        f"{count} captures, {asked.latency} s a call; SIG{asked.signal} when a third was done.\n"
        f"HEALTHCHECK said: {story.health[1]}"
    )
    table = Table("", "seen", "bar", "", box=SIMPLE_HEAD)
    for what, seen, bar, good in lines:
        table.add_row(what, str(seen), bar, "" if good else "missed")
    console.print(table)
    return int(not all(good for *_, good in lines))


if __name__ == "__main__":
    sys.exit(main())
