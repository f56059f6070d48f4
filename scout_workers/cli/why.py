"""`scout-workers why`: why something has not happened yet, in a sentence, and what to do."""

from __future__ import annotations

import click

from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, UsageMistakeError, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.oncall import why


@click.command("why")
@click.argument("name", metavar="QUEUE|MESSAGE|CAPTURE")
@click.option(
    "--json", "as_json", is_flag=True, help="For programs: a word, the sentence, the remedy."
)
@verbose_option
def command(*, name: str, as_json: bool) -> int:
    """Say why it has not happened yet, in a sentence, and what to do.

    Of a queue: why it does not move. Of a message, by its id or its row's number, and of a capture,
    by its id or an analysis's (or the first digits): who paused it, what it waits for, who has it,
    what it failed of, or that it is done.

    Nothing is changed. A message's id has no index: of a million messages one is found in a second.
    Exits with 1 where nobody knows of such a message.

    For example: scout-workers why backfill
    """
    with opened(migrate=False) as app:
        try:
            facts = why.gather(app, name)
        except why.UnknownNameError as error:
            raise UsageMistakeError(plain(error)) from error
    found = why.answer(facts)
    if as_json:
        print_json(found)
    else:
        console = output()
        sentence = plain(found.sentence)
        console.print(f"{sentence[:1].upper()}{sentence[1:]}.", soft_wrap=True)
        if found.remedy:
            console.print(f"-> {plain(found.remedy)}", soft_wrap=True)
    return BAD_INPUT if found.state is why.State.UNKNOWN else DONE
