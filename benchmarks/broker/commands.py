"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from scout_workers import embedded

from . import machine, page, services, show
from .bench import Bench
from .catalogue import BY_NAME, ENTRANTS
from .measures import (
    backlog,
    drain,
    enqueue,
    idle,
    kill,
    latency,
    queues,
    sleepers,
    snapshot,
)
from .postgres import Postgres
from .venvs import NotInstallableError, python_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .results import Section

# What is small or short in a quick run may miss these bars; to meet them it must be whole.
NEED_TIME = ("idle", "backlog", "snapshot")
# Others take a connection a thread.
SERVER = {"max_connections": "300"}
MEASURES: dict[str, Callable[[Bench], Section]] = {
    "drain": drain.run,
    "enqueue": enqueue.run,
    "latency": latency.run,
    "sleepers": sleepers.run,
    "idle": idle.run,
    "queues": queues.run,
    "backlog": backlog.run,
    "snapshot": snapshot.run,
    "kill": kill.run,
}


def main() -> int:
    """Run the benchmark; 1 if a bar is missed."""
    asked = _arguments()
    console = Console()
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave as from an error: cleanly
    with ExitStack() as stack:
        bench = _prepare(stack, asked, console)
        found: dict[str, Section] = {}
        for name in asked.measure or MEASURES:
            console.rule(name)
            watch = machine.Watch(bench)
            section = MEASURES[name](bench)
            section.conditions = machine.conditions(bench, watch)
            if asked.quick and name in NEED_TIME:
                section.bars = [replace(bar, ok=bar.ok and None) for bar in section.bars]
            found[name] = section
            show.section(console, section)
            if not asked.quick or asked.write:
                page.add(section)
        bench.close()
    bars = [bar for section in found.values() for bar in section.bars]
    console.rule("bars")
    show.bars(console, bars)
    console.print(f"took {(time.monotonic() - began) / 60:.1f} minutes")
    return int(any(bar.ok is False for bar in bars))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench broker", description="Our broker beside the others."
    )
    parser.add_argument("--quick", action="store_true", help="small and once, in three minutes")
    parser.add_argument("--write", action="store_true", help="write the page even so")
    parser.add_argument("--rounds", type=int, help="how often to repeat (5; 1 when quick)")
    parser.add_argument(
        "--measure", action="append", choices=sorted(MEASURES), help="only this; repeatable"
    )
    parser.add_argument(
        "--only", metavar="NAME,…", help=f"only these contenders: {', '.join(BY_NAME)}"
    )
    parser.add_argument("--database-url", help="a server of yours, and a role that may CREATEDB")
    asked = parser.parse_args()
    if asked.only:
        asked.only = set(asked.only.split(","))
        if unknown := asked.only - BY_NAME.keys():
            parser.error(f"no such contender: {', '.join(sorted(unknown))}")
    return asked


def _prepare(stack: ExitStack, asked: argparse.Namespace, console: Console) -> Bench:
    def announce(sentence: str) -> None:
        console.print(f"[dim]{sentence}[/]", highlight=False)

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scout-bench-")))
    folder.chmod(0o711)  # as root the server is another user's process
    url, pid = asked.database_url, None
    if url is None:
        server = stack.enter_context(embedded.acquire(folder, announce=announce, options=SERVER))
        url, pid = server.url, server.describe().pid
    wanted = [e for e in ENTRANTS if not asked.only or e.name in asked.only or e.name == "ours"]
    bench = Bench(
        console,
        Postgres(url, pid),
        urls={},
        pythons={},
        rounds=asked.rounds or (1 if asked.quick else 5),
        quick=asked.quick,
    )
    for service, start in (("redis", services.redis), ("rabbitmq", services.rabbitmq)):
        if any(entrant.service == service for entrant in wanted):
            (folder / service).mkdir()
            try:
                bench.urls[service] = stack.enter_context(start(folder / service))
            except services.NotThereError as error:
                console.print(f"[yellow]{error}[/]")
    for entrant in wanted:
        if entrant.service in {"redis", "rabbitmq"} and entrant.service not in bench.urls:
            continue
        try:
            bench.pythons[entrant.name] = python_of(entrant, announce)
        except NotInstallableError as error:
            console.print(f"[yellow]{error}[/]")
    return bench
