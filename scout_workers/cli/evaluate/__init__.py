"""`scout-workers eval`: the same pictures under two versions of a profile, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, STOPPED, UsageMistakeError, verbose_option
from scout_workers.cli.evaluate import page, report, running
from scout_workers.cli.naming import camera_of
from scout_workers.cli.opening import opened
from scout_workers.cli.versions import version_of
from scout_workers.cli.words import dollars
from scout_workers.store import evals

if TYPE_CHECKING:
    from scout_workers.app import App
    from scout_workers.cli.evaluate.running import Comparison

_EXAMPLES = """\b
Examples:
  scout-workers eval yard@2 yard@3
  scout-workers eval yard yard@3 --captures 50 --html compared.html
"""


@click.command("eval", epilog=_EXAMPLES)
@click.argument("version_a")
@click.argument("version_b")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--camera", help="Whose pictures. Default: those of the camera of VERSION_A.")
@click.option(
    "--captures",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="How many pictures, the newest.",
)
@click.option("--yes", is_flag=True, help="Do not ask before models are paid.")
@click.option("--no-wait", is_flag=True, help="Do not wait for the workers.")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with pictures."
)
@click.option("--json", "as_json", is_flag=True, help="For programs; does not ask either.")
@verbose_option
def command(
    *,
    version_a: str,
    version_b: str,
    organization: str | None,
    camera: str | None,
    captures: int,
    yes: bool,
    no_wait: bool,
    html: Path | None,
    as_json: bool,
) -> int:
    """Have the same stored pictures looked at under VERSION_A and VERSION_B, and compare.

    What a version has looked at already is not paid again: stopped, or run again, it goes on where
    it was. Workers do it on the queue backfill; nothing else follows from it: no event, no
    summary. Exits with 1 if some pictures could not be compared.
    """
    with opened() as app:
        comparison = _comparison(app, (version_a, version_b), organization, camera, captures)
        _announce(comparison)
        if comparison.to_pay and not (yes or as_json):
            click.confirm(f"Have {comparison.to_pay:,} looked at?", abort=True, err=True)
        running.ask(app, comparison)
        try:
            if not no_wait:
                running.wait(app, comparison)
        except KeyboardInterrupt:
            click.echo("The workers go on. Run the same command again to see the result.", err=True)
            return STOPPED
        with app.store.transaction() as tx:
            pairs = evals.pairs(
                tx, comparison.organization_id, comparison.captures, comparison.version_ids
            )
        if html is not None:
            page.write(app.blobs, html, comparison, pairs)
    if as_json:
        print_json(report.data(comparison, pairs))
    else:
        report.show(output(), comparison, pairs)
        if html is not None:
            click.echo(f"\nThe page with pictures: {html}", err=True)
    return DONE if all(pair.both for pair in pairs) else BAD_INPUT


def _comparison(
    app: App,
    names: tuple[str, str],
    organization: str | None,
    camera: str | None,
    captures: int,
) -> Comparison:
    with app.store.transaction() as tx:
        first, second = (version_of(tx, name, organization) for name in names)
        whose = first.organization
        if second.organization.id != whose.id:
            raise UsageMistakeError("The two versions are of different organizations.")
        if first.id == second.id:
            raise UsageMistakeError(f"Both are {first.title}: name two versions.")
        camera_id = first.camera_id if camera is None else camera_of(tx, camera, whose.name).id
        picked = evals.pick(tx, whose.id, camera_id, limit=captures)
        if not picked:
            raise UsageMistakeError("The camera has no pictures that can be looked at.")
        return running.comparison(tx, whose, (first, second), picked)


def _announce(comparison: Comparison) -> None:
    for side in comparison.sides:
        if side.missing:
            price = "nobody knows the price"
            if side.estimate is not None:
                price = f"about {dollars(round(side.estimate * side.missing))}"
            click.echo(
                f"{side.version.title} ({side.version.provider} / {side.version.model}) has "
                f"{side.missing:,} of {len(comparison.captures):,} pictures to look at: {price}.",
                err=True,
            )
