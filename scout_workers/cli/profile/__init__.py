"""`scout-workers profile`: what cameras are watched for, in versions; one file a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.lazy import Door, Doors

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, Door] = {
    "list": Door("list_versions", "List versions, camera by camera."),
    "show": Door("show", "Show one version: its contents, history and analyses."),
    "draft": Door("draft", "Make a new version of a camera's profile, as a draft."),
    "generate": Door("generate", "Have a draft proposed from the camera's own pictures."),
    "activate": Door("activate", "Have new captures of a camera analysed for a version."),
    "retire": Door("retire", "Take a version out of use."),
    "diff": Door("diff", "Show what two versions differ in."),
}


@click.command("profile", cls=Doors, package=__name__, doors=COMMANDS)
def command() -> None:
    """Say what cameras are watched for, in versions that never change.

    A version is called by its camera and number (yard@3), by the beginning of its id, or by its
    camera alone (yard) where the active one is meant.
    """
