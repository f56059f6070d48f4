"""A comparison as one HTML file with pictures: no script, no network, no font."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from scout_workers.cli.evaluate import report
from scout_workers.cli.words import local
from scout_workers.demo.sheet import thumbnail
from scout_workers.domain.errors import ScoutError
from scout_workers.domain.evals import verdict
from scout_workers.llm.images import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.cli.evaluate.running import Comparison
    from scout_workers.domain.evals import Pair, Result

_THREADS = 4


def write(blobs: BlobStore, file: Path, comparison: Comparison, pairs: Sequence[Pair]) -> None:
    """Write the page, whole or not at all; where the two differ comes first.

    Raises:
        OSError: The file cannot be written.
    """
    ordered = sorted(pairs, key=lambda pair: (pair.agree, pair.picture.captured_at))
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="thumbnails") as makers:
        pictures = list(makers.map(lambda pair: _thumbnail(blobs, pair), ordered))
    zone = comparison.organization.time_zone
    cards = [_card(pair, picture, zone) for pair, picture in zip(ordered, pictures, strict=True)]
    partial = file.with_suffix(".partial")
    partial.write_text(_page(comparison, pairs, cards), encoding="utf-8")
    partial.replace(file)


def _thumbnail(blobs: BlobStore, pair: Pair) -> bytes | None:
    try:
        return thumbnail(blobs.read(pair.picture.blob, limit=Limits().bytes))
    except (ScoutError, OSError):
        return None


def _page(comparison: Comparison, pairs: Sequence[Pair], cards: Sequence[str]) -> str:
    style = (files(__package__) / "page.css").read_text(encoding="utf-8")
    first, second = (side.version for side in comparison.sides)
    title = f"{first.title} and {second.title}"
    figures = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in report.figures(comparison, verdict(pairs))
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        # Nothing in here may run or call out, whatever a file name or a model says.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{escape(title)}</h1><dl>{figures}</dl>"
        f"{_instructions('A', first.instructions)}{_instructions('B', second.instructions)}"
        f"</header>\n<main>\n{''.join(cards)}</main>\n</body>\n</html>\n"
    )


def _instructions(name: str, text: str) -> str:
    said = escape(text) or "no instructions"
    return f"<details><summary>Instructions of {name}</summary><p>{said}</p></details>"


def _card(pair: Pair, picture: bytes | None, zone: str) -> str:
    taken = local(pair.picture.captured_at, zone)
    shown = "<div class=gone>no picture</div>"
    if picture is not None:
        data = base64.b64encode(picture).decode("ascii")
        shown = f'<img src="data:image/jpeg;base64,{data}" alt="">'
    kind = "same" if pair.agree else "differs"
    return (
        f"<article class={kind}><figure>{shown}<figcaption><time>{taken:%d %b %H:%M:%S}</time> "
        f"{escape(pair.picture.source)}</figcaption></figure>"
        f"{_side('A', pair.a, pair.only_a)}{_side('B', pair.b, pair.only_b)}</article>\n"
    )


def _side(name: str, result: Result | None, own: Sequence[str]) -> str:
    severity = (result.severity if result else None) or "none"
    flags = "".join(
        f"<li{' class=own' if flag in own else ''}>{escape(flag.replace('_', ' '))}</li>"
        for flag in (result.flags if result else ())
    )
    return (
        f'<section class="{severity}"><h2>{name} <b>{severity}</b></h2>'
        f"<p>{escape(report.said(result))}</p><ul>{flags}</ul></section>"
    )
