"""`scout-workers provider`: the providers of models, their gates and their pauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scout_workers.cli import pausing
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, UsageMistakeError, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.words import duration
from scout_workers.llm.protocol import ModelError
from scout_workers.settings import ProviderSettings
from scout_workers.store import gates, switches

if TYPE_CHECKING:
    from scout_workers.app import App
    from scout_workers.store.gates import Gate
    from scout_workers.store.switches import Pause

_name = click.argument("name", metavar="PROVIDER[/MODEL]")


@click.group("provider")
def command() -> None:
    """Show, pause, resume and probe the providers of models.

    What would be asked of a paused provider, or of one that asked us to stay away, is deferred; no
    retry is spent on it, and no worker waits.
    """


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def status(*, as_json: bool) -> None:
    """Show limits, closed gates, who waits before them, and pauses."""
    with opened(migrate=False) as app:
        with app.store.transaction() as tx:
            found, paused = gates.listed(tx), switches.paused(tx)
        rows = _rows(app, found, [each for each in paused if each.kind == "provider"])
    if as_json:
        print_json(rows)
        return
    columns = (
        Column("provider"),
        Column("a minute"),
        Column("gate", style=lambda value: "" if value == "open" else "yellow"),
        Column("line", right=True),
        Column("history's line", right=True),
        pausing.COLUMN,
    )
    shown = [
        (
            row["name"],
            row["limits"],
            f"closed for {duration(row['closed_seconds'])}: {row['closed_reason']}"
            if row["closed_seconds"]
            else "open",
            duration(row["line_seconds"]) if row["line_seconds"] else "-",
            duration(row["history_line_seconds"]) if row["history_line_seconds"] else "-",
            pausing.said(row["paused_by"], row["paused_reason"]) or "",
        )
        for row in rows
    ]
    show_table(output(), "", columns, shown)


@command.command("pause")
@_name
@pausing.reason_option
@verbose_option
def pause(*, name: str, reason: str) -> None:
    """Ask a provider, or one of its models, nothing more until it is resumed.

    Calls under way come to their end. Where a purpose has fallbacks, they are asked meanwhile.
    """
    provider, model = _parts(name)
    with opened(migrate=False) as app:
        _known(app, provider)
        with app.store.transaction() as tx:
            said = pausing.pause(tx, switches.provider(provider, model), name, reason)
    click.echo(said)


@command.command("resume")
@_name
@verbose_option
def resume(*, name: str) -> None:
    """End a pause, also one that a refused key began; and open what the provider closed.

    Of a provider, those of its models too. What was deferred goes on within about a minute.
    """
    provider, model = _parts(name)
    with opened(migrate=False) as app, app.store.transaction() as tx:
        was_paused = switches.resume(tx, switches.provider(provider, model))
        was_closed = gates.open_early(tx, provider, model)
    if was_paused:
        click.echo(f"{plain(name)} is asked again.")
    elif was_closed:
        click.echo(f"{plain(name)} was not paused; its gate is open again.")
    else:
        click.echo(f"{plain(name)} was not paused.")


@command.command("probe")
@click.argument("names", nargs=-1, metavar="[PROVIDER]...")
@verbose_option
def probe(*, names: tuple[str, ...]) -> int:
    """See, unpaid, whether providers can be reached with the keys that are set; all without one.

    Exits with 1 if one cannot.
    """
    code = DONE
    with opened(migrate=False) as app:
        for name in names or app.models.names:
            _known(app, name)
            try:
                click.echo(f"{plain(name)}: {plain(app.models.provider(name).probe())}")
            except ModelError as error:
                click.echo(f"{plain(name)}: {plain(error.detail)}")
                code = BAD_INPUT
    return code


def _parts(name: str) -> tuple[str, str | None]:
    provider, slash, model = name.partition("/")
    if not provider or (slash and not model):
        raise UsageMistakeError(f"{plain(name)!r}: write it as openai, or as openai/the-model.")
    return provider, model or None


def _known(app: App, provider: str) -> None:
    if provider not in app.models:
        names = ", ".join(app.models.names)
        raise UsageMistakeError(
            f"No provider {plain(provider)!r} is set up here (set up: {names})."
        )


def _rows(app: App, found: list[Gate], paused: list[Pause]) -> list[dict[str, Any]]:
    names = {(each.provider, each.model) for each in found}
    names |= {(each.provider or "", each.model or "") for each in paused}
    names |= {(name, "") for name in app.models.names}
    by_name = {(each.provider, each.model): each for each in found}
    pauses = {(each.provider, each.model or ""): each for each in paused}
    return [_row(app, name, by_name.get(name), pauses.get(name)) for name in sorted(names)]


def _row(app: App, name: tuple[str, str], gate: Gate | None, pause: Pause | None) -> dict[str, Any]:
    provider, model = name
    return {
        "name": f"{provider}/{model}" if model else provider,
        "limits": "" if model else _limits(app, provider),
        "closed_seconds": gate.closed_seconds if gate else 0.0,
        "closed_reason": gate.closed_reason if gate else None,
        "line_seconds": gate.live_line_seconds if gate else 0.0,
        "history_line_seconds": gate.backfill_line_seconds if gate else 0.0,
        "paused_by": pause.paused_by if pause else None,
        "paused_reason": pause.reason if pause else None,
        "paused_at": pause.paused_at if pause else None,
    }


def _limits(app: App, provider: str) -> str:
    section = dict(app.settings.providers).get(provider)
    if not isinstance(section, ProviderSettings):
        return "no limit"
    told = [
        f"{limit:,} {what}"
        for limit, what in (
            (section.requests_per_minute, "requests"),
            (section.tokens_per_minute, "tokens"),
        )
        if limit
    ]
    return ", ".join(told) or "no limit"
