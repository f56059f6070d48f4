"""`scout-workers worker` itself: the stock dramatiq command, its threads fitted to the queues."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from scout_workers.cli.opening import load_settings, opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scout_workers.settings import Settings

BROKER_MODULE = "scout_workers.worker"


def run(
    *, processes: int | None, threads: int | None, queues: tuple[str, ...], extra: tuple[str, ...]
) -> None:
    """Become the stock dramatiq command with the right numbers.

    Raises:
        click.BadParameter: There is no such queue.
    """
    settings = load_settings()
    served = _served(settings.queues, queues)
    processes = processes or settings.worker.processes
    threads = threads or settings.worker.threads or sum(served.values())
    _announce(settings, served, processes, threads)
    # What is wrong with the database is told here, once and in a sentence, and not by every
    # process with a traceback.
    with opened():
        pass
    arguments = ["--processes", str(processes), "--threads", str(threads), *extra]
    if queues:
        arguments += ["--queues", *served]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(  # noqa: S606 - to become the worker is what this command is for
        sys.executable, [sys.executable, "-m", "dramatiq", BROKER_MODULE, *arguments]
    )


def _served(known: Mapping[str, int], wanted: Sequence[str]) -> dict[str, int]:
    names = [name for each in wanted for name in each.split(",") if name]
    for name in names:
        if name not in known:
            raise click.BadParameter(
                f"there is no queue {name!r}; queues.toml has: {', '.join(known)}",
                param_hint="'--queues'",
            )
    return {name: slots for name, slots in known.items() if not names or name in names}


def _announce(settings: Settings, served: Mapping[str, int], processes: int, threads: int) -> None:
    slots = sum(served.values())
    listing = ", ".join(f"{name} {count}" for name, count in served.items())
    each = "1 process" if processes == 1 else f"{processes} processes, each"
    ours = settings.broker.in_postgres
    connections = settings.pools.application_size + settings.pools.broker_size * ours
    besides = "" if ours else ", besides the broker's own"
    click.echo(
        f"dramatiq {BROKER_MODULE}: {each} with {threads} threads for {slots} slots ({listing}) "
        f"and at most {connections} connections to Postgres{besides}.",
        err=True,
    )
    if threads < slots:
        click.echo(
            f"Fewer threads than slots: messages of one queue may wait for another's. Leave "
            f"--threads and SCOUT_WORKER__THREADS out, or have at least {slots}.",
            err=True,
        )
