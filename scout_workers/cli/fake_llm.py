"""`scout-workers fake-llm`: a server that imitates the model providers and their faults."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import ENVIRONMENT_FAILED, UsageMistakeError, verbose_option
from scout_workers.cli.tables import Column, show_table
from scout_workers.demo.imitated import pointing
from scout_workers.fake_llm import FAULTS, FakeLLM, Latency, Limit, Options, ScriptError
from scout_workers.fake_llm.reading import script_of, steps_of

if TYPE_CHECKING:
    from scout_workers.fake_llm.script import Step

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@click.command("fake-llm")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8199, show_default=True, help="0: any that is free.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT",
    help="What goes wrong: NAME for every request, NAME*3 for the next three, NAME@0.1 for a tenth "
    "of them by chance; more after a colon, 429*2:retry_after=5,wire=openai. Several are played "
    "in order.",
)
@click.option(
    "--script",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file (TOML or JSON) of such steps; docs/fake-llm.md has one.",
)
@click.option("--seed", default=0, show_default=True, help="Of everything left to chance.")
@click.option(
    "--latency",
    default="0",
    metavar="SECONDS",
    help="How long an answer takes: 0.2 (always), 0.2-0.6 (evenly between), 5/20 (median and "
    "95th percentile).",
)
@click.option(
    "--limit",
    metavar="N/PERIOD",
    help="Requests in any minute (600/minute), second or hour; above it, 429 with Retry-After.",
)
@click.option("--key", default="", help="The only key accepted. Default: any, or none.")
@click.option(
    "--till",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write every request and what was billed to this file, a line of JSON each.",
)
@click.option(
    "--tls",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PEM",
    help="Certificate and key in one file; then it speaks HTTPS.",
)
@click.option("--list-faults", is_flag=True, help="Show everything that can go wrong, and leave.")
@click.option("--json", "as_json", is_flag=True, help="With --list-faults: as JSON.")
@verbose_option
def command(  # noqa: PLR0917 - one parameter an option
    host: str,
    port: int,
    faults: tuple[str, ...],
    script: Path | None,
    seed: int,
    latency: str,
    limit: str | None,
    key: str,
    till: Path | None,
    tls: Path | None,
    list_faults: bool,  # noqa: FBT001 - click's way
    as_json: bool,  # noqa: FBT001 - click's way
) -> int | None:
    """Imitate OpenAI, Anthropic and Amazon Bedrock on one port, and misbehave as told.

    Answers fit the JSON schema that was asked for, are about what was sent, and are the same for
    the same request; they say that they are imitated. Nothing is ever sent anywhere.

    While it runs, POST a script to /_script to change what goes wrong, and read /_till for what
    was asked and billed: the provider's own side of the account.
    """
    if list_faults:
        _list(as_json=as_json)
        return None
    try:
        steps, seed = _steps(faults, script, seed)
        options = Options(
            host=host,
            port=port,
            latency=Latency.of(latency),
            limit=None if limit is None else Limit.of(limit),
            key=key,
            steps=tuple(steps),
            seed=seed,
            log=till,
            certificate=tls,
        )
    except ScriptError as error:
        raise UsageMistakeError(str(error)) from error
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        click.echo(f"Error: fake-llm cannot listen on {host} port {port}: {error}", err=True)
        return ENVIRONMENT_FAILED
    return None


def _steps(faults: tuple[str, ...], script: Path | None, seed: int) -> tuple[list[Step], int]:
    steps = steps_of(faults)
    if script is None:
        return steps, seed
    told, seed_of_script = script_of(script.read_text(encoding="utf-8"))
    return [*steps, *told], seed if seed_of_script is None else seed_of_script


async def _serve(options: Options) -> None:
    fake = FakeLLM(options)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, fake.stop)
    serving = asyncio.ensure_future(fake.serve())
    # It listens, or could not: the thread is woken by the one and by the other.
    serving.add_done_callback(lambda _: fake.listening.set())
    await asyncio.to_thread(fake.listening.wait)
    if not serving.done():
        _announce(fake, options)
    await serving


def _announce(fake: FakeLLM, options: Options) -> None:
    click.echo(f"fake-llm listens on {fake.root}; stop it with Ctrl-C.\n")
    click.echo("Point scout-workers at it, whichever provider it is to ask:\n")
    for name, value in pointing(fake, options.key or "fake").items():
        click.echo(f"    export {name}={value}")
    click.echo("\nand choose who is asked, for instance:\n")
    click.echo("    export SCOUT_MODELS__DESCRIBE__PROVIDER=openai")
    click.echo("    export SCOUT_MODELS__DESCRIBE__MODEL=gpt-5-mini\n")
    click.echo(f"Steer it: {fake.root}/_script   its account: {fake.root}/_till")
    if options.host not in _LOOPBACK:
        click.echo("Whoever reaches this address may steer it, and nobody is asked who they are.")
    # Whoever started it waits for this.
    sys.stdout.flush()


def _list(*, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"name": fault.name, "about": fault.about, "billed": fault.billed}
                for fault in FAULTS.values()
            ]
        )
        return
    show_table(
        output(),
        "",
        [Column("Fault"), Column("What happens", fold=True), Column("Billed")],
        [(fault.name, fault.about, "yes" if fault.billed else "no") for fault in FAULTS.values()],
    )
