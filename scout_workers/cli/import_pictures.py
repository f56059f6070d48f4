"""`scout-workers import`: a folder of pictures of one camera."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, STOPPED, UsageMistakeError, verbose_option
from scout_workers.cli.import_progress import ImportProgress
from scout_workers.cli.import_report import show_report
from scout_workers.cli.naming import name_option
from scout_workers.cli.opening import opened
from scout_workers.imports import ImportFolderError, Wishes, find_pictures, import_pictures

if TYPE_CHECKING:
    from scout_workers.imports import ImportReport


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--camera", required=True, callback=name_option, help="Whose pictures they are.")
@click.option(
    "--organization",
    default="default",
    show_default=True,
    callback=name_option,
    help="Whose camera it is.",
)
@click.option("--instructions", help="What to watch for, in your words; kept for the camera.")
@click.option("--provider", help="Provider that describes the pictures; kept for the camera.")
@click.option("--model", help="Model of that provider; kept for the camera.")
@click.option(
    "--time-zone",
    metavar="ZONE",
    help="Where the camera's clock stands, like "
    "Europe/Berlin. Default: the organization's time zone.",
)
@click.option(
    "--historical",
    is_flag=True,
    help="They are history: analyse them on the queue backfill, never in the way of live ones.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the report for programs.")
@verbose_option
def command(
    folder: Path,
    *,
    camera: str,
    organization: str,
    historical: bool,
    as_json: bool,
    **wishes: str | None,
) -> int:
    """Import the pictures in FOLDER and below it, each once.

    Each becomes a capture with a message for the worker. Dates come from the pictures' metadata,
    else from their names, else from their files. Stopped or killed, run it again: it goes on.
    """
    progress = ImportProgress()
    try:
        found = find_pictures(folder)  # before a server is started for nothing
        with opened() as app, progress:
            report = import_pictures(
                app,
                found,
                camera=camera,
                organization=organization,
                wishes=Wishes(**wishes, historical=historical),
                progress=progress,
            )
    except ImportFolderError as error:
        raise UsageMistakeError(str(error)) from error
    except KeyboardInterrupt:
        click.echo(f"{progress.told()} Run the same command again: it goes on.", err=True)
        return STOPPED
    _tell(report, folder, camera, as_json=as_json)
    return BAD_INPUT if report.bad_pictures else DONE


def _tell(report: ImportReport, folder: Path, camera: str, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        show_report(report, folder, camera)
