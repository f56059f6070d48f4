"""What an image is made of: its size, layer by layer, and what it says of itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

MEGABYTE = 1_000_000


def config_of(inspected: Path) -> dict[str, Any]:
    """Read an image's configuration from what `buildah inspect --type image` printed."""
    found: dict[str, Any] = json.loads(inspected.read_text("utf-8"))["Docker"]["config"]
    return found


def show(console: Console, inspected: Path, layers: Path) -> None:
    """Print the layers with their sizes, and the configuration.

    Args:
        console: Where.
        inspected: As for `config_of`.
        layers: The store's own list of layers.
    """
    image = json.loads(inspected.read_text("utf-8"))["Docker"]
    known = json.loads(layers.read_text("utf-8"))
    sizes = {each["diff-digest"]: each["diff-size"] for each in known if "diff-digest" in each}
    made = [each for each in image["history"] if not each.get("empty_layer")]
    table = Table("layer", "MB", "made by", box=SIMPLE_HEAD)
    for digest, step in zip(image["rootfs"]["diff_ids"], made, strict=True):
        by = re.sub(r"^/bin/sh( -c #\(nop\))? ?|(dir|file|multi):\w+ in ", "", step["created_by"])
        table.add_row(digest[7:19], f"{sizes[digest] / MEGABYTE:.1f}", by.strip() or "the base")
    total = sum(sizes[digest] for digest in image["rootfs"]["diff_ids"])
    table.add_row("", f"{total / MEGABYTE:.1f}", "in all, not compressed")
    console.print(table)
    config = image["config"]
    check = config.get("Healthcheck") or {}
    for name, value in (
        ("user", config["User"]),
        ("entrypoint", " ".join(config["Entrypoint"])),
        ("command", " ".join(config["Cmd"])),
        ("healthcheck", " ".join(check.get("Test", ["none"]))),
    ):
        console.print(f"{name:<12} {value}")
