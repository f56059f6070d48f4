"""`scout-workers summaries make`: have an hour or a day written about now."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from scout_workers import messages
from scout_workers.cli import moments
from scout_workers.cli.console import plain
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.naming import camera_of
from scout_workers.cli.opening import opened
from scout_workers.domain.windows import Subject, Window, day_on, hour_of, named, zone_of
from scout_workers.store import summaries

if TYPE_CHECKING:
    from scout_workers.store.cameras import Camera

_EXAMPLES = """\b
Examples:
  scout-workers summaries make --camera yard --hour 2026-06-21T07:00
  scout-workers summaries make --camera yard --day 2026-06-21
  scout-workers summaries make --camera yard --day yesterday
"""


@click.command("make", epilog=_EXAMPLES)
@click.option("--camera", required=True, help="The camera's name.")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--hour", metavar="MOMENT", help="The hour that holds this moment, by its own clock.")
@click.option("--day", metavar="DATE", help="This local day, 2026-06-21, today or yesterday.")
@verbose_option
def make(*, camera: str, organization: str | None, hour: str | None, day: str | None) -> None:
    """Have an hour or a day of a camera written about now.

    What was written from the same facts is not written, nor paid, again; what failed is tried once
    more. A day is written from its hours: the hours first.
    """
    if (hour is None) == (day is None):
        raise UsageMistakeError("Name one of the two: --hour 2026-06-21T07:00 or --day 2026-06-21.")
    with opened() as app:
        with app.store.transaction() as tx:
            wanted = camera_of(tx, camera, organization)
            window = _window(wanted, hour, day)
            subject = Subject(wanted.organization.id, wanted.id, window)
            summaries.reopen(tx, subject)
            zone = zone_of(wanted.organization.time_zone)
            messages.generate_summary(
                subject.organization_id, subject.camera_id, window.kind, named(window, zone)
            ).send(tx)
        start = window.start.astimezone(zone)
    what = f"the {window.kind} of {start:%Y-%m-%d}"
    if hour is not None:
        what = f"the hour of {start:%Y-%m-%d %H:%M}"
    click.echo(
        f"Asked for {what}: `scout-workers summaries list --camera {shlex.quote(plain(camera))}` "
        "shows it when a worker has written it."
    )


def _window(camera: Camera, hour: str | None, day: str | None) -> Window:
    time_zone = camera.organization.time_zone
    if hour is not None:
        return hour_of(moments.moment(hour, time_zone))
    assert day is not None
    return day_on(moments.local_day(day, time_zone), zone_of(time_zone))
