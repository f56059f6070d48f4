"""`scout-workers dead show`: one dead message, without what it must keep to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from scout_workers.app.operating import Which
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.dead.choosing import the_dead
from scout_workers.cli.dead.contents import Contents, contents_of
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of
from scout_workers.cli.tables import show_fields

if TYPE_CHECKING:
    from scout_workers.app.operating import DeadMessage

_MEANS = {
    "failed": "its last attempt ended in this error, and no retry was left or would help",
    "max_deliveries": "its worker died with it, again and again: broker.max_deliveries times",
    "undecodable": "no decoder can read it: perhaps another release wrote it",
    "aborted": "somebody asked that it be ended",
}


@click.command("show")
@click.argument("id_", metavar="ID")
@click.option("--traceback", is_flag=True, help="Also that of the last attempt that was retried.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, id_: str, traceback: bool, as_json: bool) -> None:
    """Show one: what it was about, what killed it, its attempts, how many died of the same.

    ID is its number, as `list` has it, or Dramatiq's message id. Of its arguments ids, numbers and
    times are shown, of every other text only its length: it may be somebody's secret.
    """
    with opened(migrate=False) as app:
        broker = broker_of(app)
        dead = the_dead(broker, id_)
        contents = contents_of(broker.dead.content(dead))
        alike = Which(queue=dead.queue, actor=dead.actor, reason=dead.reason, cause=dead.cause)
        same = sum(group.messages for group in broker.dead.groups(alike))
    if as_json:
        told = contents.told() if contents else None
        if told and not traceback:
            told.pop("traceback")
        print_json({"message": dead, "contents": told, "died_of_the_same": same})
    else:
        _show(dead, contents, same, traceback=traceback)


def _show(dead: DeadMessage, contents: Contents | None, same: int, *, traceback: bool) -> None:
    console = output()
    show_fields(
        console,
        [
            ("message", f"{dead.id} ({plain(dead.message_id)})"),
            ("actor", f"{plain(dead.actor)} on queue {plain(dead.queue)}"),
            ("arguments", contents.arguments if contents else "cannot be read"),
            ("enqueued", dead.enqueued_at),
            ("died", dead.died_at),
            ("attempts", _attempts(dead, contents)),
            ("reason", f"{dead.reason}: {_MEANS.get(dead.reason, 'nobody says')}"),
            ("error", dead.error),
            ("of the same", f"{same:,} dead messages, this one among them"),
        ],
    )
    if traceback and contents and contents.traceback:
        console.print()
        for line in contents.traceback.splitlines():
            console.print(Text(plain(line)))
    console.print(
        Text(
            f"\nOnce that is mended: scout-workers dead retry {dead.id}"
            + (f", then scout-workers dead retry --like {dead.id}" if same > 1 else "")
        )
    )


def _attempts(dead: DeadMessage, contents: Contents | None) -> str:
    said = [f"delivered {dead.attempt:,} times"]
    if contents:
        said += [
            f"{count:,} {what}"
            for what, count in (
                ("retries", contents.retries),
                ("deferrals", contents.deferrals),
                ("lives before this one", contents.revivals),
            )
            if count
        ]
    return ", ".join(said)
