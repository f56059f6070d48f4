"""`scout-workers broker abort`: end messages, whether they wait or run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scout_workers.cli.broker_view import name_of
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened

if TYPE_CHECKING:
    from collections.abc import Sequence

_WAITED = "waited, and is a dead message now, with the reason 'aborted'"
_RUNS = "runs: its worker hears of it within {seconds:g} s, and ends it"
_UNKNOWN = "neither waits nor runs: it is done or dead, or there never was one"


@click.command("abort")
@click.argument("message_ids", nargs=-1, required=True, metavar="MESSAGE_ID...")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, message_ids: Sequence[str], as_json: bool) -> int:
    """End messages by their ids, whether they wait or run; they are not retried.

    What waits is a dead message at once. Of what runs, the calls under way are cut off; it is dead
    then, unless it comes to its end all the same. Exits with 1 if one neither waits nor runs.
    """
    with opened(migrate=False) as app:
        aborts: Any = getattr(app.broker, "aborts", None)
        if aborts is None:
            raise UsageMistakeError(f"{name_of(app.broker)} cannot end a message once sent.")
        fates = {message_id: str(aborts.abort(message_id, by=hand())) for message_id in message_ids}
        seconds = app.settings.broker.heartbeat_seconds
    if as_json:
        print_json(fates)
    else:
        said = {"waiting": _WAITED, "running": _RUNS.format(seconds=seconds), "unknown": _UNKNOWN}
        for message_id, fate in fates.items():
            output().print(f"{plain(message_id)} {said[fate]}.")
    return BAD_INPUT if "unknown" in fates.values() else DONE
