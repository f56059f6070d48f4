"""The doors a person uses: `scout-workers COMMAND`, one file a command.

Commands are imported when they are run, so that help is quick: nothing here, nor in `errors`,
imports a database driver, an image library or boto3.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scout_workers import __version__
from scout_workers.cli.errors import Boundary, verbose_option
from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping


COMMANDS: Mapping[str, Door] = {
    "demo": Door("demo", "See a worker describe a drawn day, or a folder of pictures."),
    "import": Door("import_pictures", "Import a folder of pictures of one camera."),
    "summaries": Door("summaries", "Read what was written about hours and days, or have it made."),
    "insights": Door("insights", "Read what is worth knowing of a day, and what shows it."),
    "worker": Door("worker", "Run the worker: dramatiq, fitted to the queues."),
    "status": Door("status", "Show how it all goes, on one screen, and what needs a human."),
    "top": Door("top", "The same, live, and how fast things go."),
    "why": Door("why", "Say why something has not happened yet, and what to do."),
    "queue": Door("queue", "List queues; pause, resume and limit them while workers run."),
    "dead": Door("dead", "Look after dead messages: see what killed them, retry, drop."),
    "alive": Door("alive", "Say whether the worker here is alive: for a supervisor."),
    "captures": Door("captures", "List captures, or show one with all that is known of it."),
    "analyses": Door("analyses", "List analyses, or show one with its observations and calls."),
    "events": Door("events", "See who was told of what, try again, try out a target."),
    "search": Door("search", "Find pictures, summaries, insights by what is said of them."),
    "prune": Door("prune", "Remove what is older than the settings keep."),
    "embeddings": Door("embeddings", "Look after the model that makes vectors, and change it."),
    "cron": Door("cron", "Look after what runs by the clock, or look at the clock."),
    "organization": Door("organization", "Look after organizations: whose cameras they are."),
    "camera": Door("camera", "Look after cameras: where pictures come from."),
    "profile": Door("profile", "Say what cameras are watched for, in fixed versions."),
    "backfill": Door("backfill", "Have history analysed, never in the way of live captures."),
    "costs": Door("costs", "Show what model calls cost, by day, camera, model or purpose."),
    "budget": Door("budget", "Show and set what organizations may spend a day and a month."),
    "provider": Door("provider", "Show, pause, resume and probe the providers of models."),
    "eval": Door("evaluate", "Compare two versions of a profile on the same pictures."),
    "broker": Door("broker", "Look after the broker, or bring messages from another."),
    "vacuum-report": Door("vacuum_report", "Show dead rows, and what keeps vacuum from them."),
    "migrate": Door("migrate", "Bring the database up to date, or show how it stands."),
    "fake-llm": Door("fake_llm", "Imitate the model providers and their faults, for tests."),
    "doctor": Door("doctor", "Say what this is connected to, what is wrong, and what to do."),
}


@click.command(
    cls=Doors,
    package=__name__,
    doors=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 done, but something in it is bad (a refused picture, a finding "
    "of doctor's); 2 asked for in a wrong way; 3 the database, the blob store or this machine "
    "would not; 130 stopped with Ctrl-C.",
)
@click.version_option(__version__, "-V", "--version", message="scout-workers %(version)s")
@verbose_option
def doors() -> None:
    """Watch cameras' pictures with vision models, on Dramatiq and plain Postgres.

    With no DATABASE_URL a Postgres of its own is started and kept in the data folder.
    """


def main() -> None:
    """Run the command line of this process and exit with its code."""
    sys.exit(Boundary().run(doors, sys.argv[1:]))
