"""`scout-workers worker`: run one, or look after those that run; one file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, Door] = {
    "list": Door("listing", "List worker processes: how they are, and what each is at."),
    "drain": Door("drain", "Have processes finish what they have and leave."),
}
_EXTRA = "dramatiq's own arguments"


class WorkerDoors(Doors):
    """A group that is a command too, and passes on what follows two dashes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what follows two dashes for dramatiq; the rest is ours."""
        if "--" in args:
            place = args.index("--")
            ctx.meta[_EXTRA] = args[place + 1 :]
            args = args[:place]
        return super().parse_args(ctx, args)


@click.group(
    "worker",
    cls=WorkerDoors,
    package=__name__,
    doors=COMMANDS,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND] [-- DRAMATIQ'S OWN ARGUMENTS]",
)
@click.option("--processes", "-p", type=click.IntRange(min=1), help="Default: the settings'.")
@click.option(
    "--threads",
    "-t",
    type=click.IntRange(min=1),
    help="Threads of each process. "
    "Default: the settings', else as many as the queues served have slots.",
)
@click.option(
    "--queues",
    "-Q",
    multiple=True,
    metavar="QUEUE[,QUEUE…]",
    help="Serve only these. Default: all.",
)
@verbose_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Run the worker until it is told to stop (Ctrl-C, SIGTERM, `worker drain`).

    This is the stock dramatiq command with the right numbers; what follows `--` is passed on to
    it, see `dramatiq --help`. With a COMMAND: look after the workers that run, on any machine.
    """
    if ctx.invoked_subcommand is None:
        # Imported now: what is listed or drained needs no settings of queues.
        from scout_workers.cli.worker.run import run  # noqa: PLC0415 - see above

        run(**options, extra=tuple(ctx.meta.get(_EXTRA, ())))
    elif any(options.values()):
        raise UsageMistakeError(
            f"--processes, --threads and --queues say how to run a worker; `worker "
            f"{ctx.invoked_subcommand}` has no use for them."
        )
