"""The contact sheet as one HTML file that needs nothing else: no script, no network, no font."""

from __future__ import annotations

import base64
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from scout_workers.demo.sheet.cards import dollars
from scout_workers.demo.sheet.days import sections
from scout_workers.domain.observations import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scout_workers.demo.sheet.cards import Card, Summary
    from scout_workers.demo.sheet.days import Day
    from scout_workers.domain.observations import Observation

_FOOTER = (
    "<footer><p>Numbered frames mark the region an observation is about; the percentage is the "
    "model's own confidence.</p></footer>\n"
)
_FIGURES = "measurements"
_HOUR = 3600.0
_SEVERITIES = [str(severity) for severity in Severity]


def page(summary: Summary, cards: Sequence[Card], days: Sequence[Day] = ()) -> str:
    """Write the whole sheet. Every word that comes from a picture or a model is escaped."""
    style = (files(__package__) / "sheet.css").read_text(encoding="utf-8")
    shown = [card for card in cards if card.severity is not None]
    refused = [card for card in cards if card.severity is None]
    numbers = {card.id: index for index, card in enumerate(shown, start=1) if card.id}
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n',
            # Nothing in here may run or call out, whatever a file name or a model says.
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; ',
            "img-src data:; style-src 'unsafe-inline'\">\n",
            f"<title>{escape(summary.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n",
            _header(summary, shown, refused),
            "<main>\n",
            sections(days, numbers),
            '<h2 class="hidden" id="pictures">Pictures</h2>\n<ol class="cards">\n',
            *(_card(index, card) for index, card in enumerate(shown, start=1)),
            "</ol>\n",
            _refusals(refused),
            "</main>\n",
            _FOOTER,
            "</body>\n</html>\n",
        )
    )


def _header(summary: Summary, shown: Sequence[Card], refused: Sequence[Card]) -> str:
    counted = [(f"{count:,}", state) for state, count in summary.states.items() if count]
    figures = [
        *counted,
        (f"{summary.calls:,}", "model call" if summary.calls == 1 else "model calls"),
        (dollars(summary.cost_microdollars), "spent"),
    ]
    if summary.in_doubt:
        figures.append((f"{summary.in_doubt:,}", "in doubt"))
    tiles = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for value, label in figures
    )
    return (
        '<header>\n<a class="skip hidden" href="#pictures">Skip to the pictures</a>'
        "<p class=eyebrow>Scout contact sheet</p>\n"
        f"<h1>{escape(summary.title)}</h1>\n<p class=subtitle>{escape(summary.subtitle)}</p>\n"
        f"<dl class=figures>{tiles}</dl>\n{_timeline(shown, refused)}{_filters(shown)}</header>\n"
    )


def _timeline(shown: Sequence[Card], refused: Sequence[Card]) -> str:
    """One mark a picture from the first to the last; each leads to its card."""
    times = [card.taken for card in (*shown, *refused) if card.taken]
    if not times:
        return ""
    start, span = min(times), (max(times) - min(times)).total_seconds()
    if span < 1:
        return ""  # all at once: copied together, their own times unknown

    def mark(number: str, card: Card, kind: str) -> str:
        if card.taken is None:
            return ""
        place = (card.taken - start).total_seconds() / span * 100
        title = f"{card.taken:%H:%M} {card.headline or card.trouble}"
        return (
            f'<a class="{kind}" href="#{number}" style="left:{place:.3f}%" '
            f'title="{escape(title)}"><span class=hidden>{escape(title)}</span></a>'
        )

    marks = "".join(
        [mark(f"p{n}", card, str(card.severity)) for n, card in enumerate(shown, start=1)]
        + [mark("refused", card, "refused") for card in refused]
    )
    shape = "%H:%M" if start.date() == max(times).date() else "%d %b %H:%M"
    if span < _HOUR:
        shape = "%H:%M:%S"
    return (
        f'<nav class=timeline aria-label="All pictures in order of time"><div>{marks}</div>'
        f"<p><span>{start:{shape}}</span><span>{max(times):{shape}}</span></p></nav>\n"
    )


def _filters(shown: Iterable[Card]) -> str:
    counts = dict.fromkeys(_SEVERITIES, 0)
    for card in shown:
        counts[str(card.severity)] += 1
    worst_first = [severity for severity in reversed(_SEVERITIES) if counts[severity]]
    if len(worst_first) <= 1:
        return ""  # nothing to choose from
    choices = [("all", f"All {sum(counts.values())}")]
    choices += [(name, f"{name.capitalize()} {counts[name]}") for name in worst_first]
    return (
        "<fieldset class=filters><legend class=hidden>Show only</legend>"
        + "".join(
            f'<label class="{name}"><input type=radio name=show id="show-{name}"'
            f"{' checked' if name == 'all' else ''}>{escape(label)}</label>"
            for name, label in choices
        )
        + "</fieldset>\n"
    )


def _card(number: int, card: Card) -> str:
    taken = ""
    if card.taken:
        stamp = escape(card.taken.isoformat())
        taken = f'<time datetime="{stamp}">{card.taken:%H:%M}<small>:{card.taken:%S}</small></time>'
    flags = "".join(f"<li>{escape(flag.replace('_', ' '))}</li>" for flag in card.flags)
    marked = [seen for seen in card.observations if seen.region is not None]
    return (
        f'<li class="card {card.severity}" id="p{number}"><article>\n'
        f"<figure>{_picture(card)}{_regions(marked)}"
        f"<span class=severity>{card.severity}</span></figure>\n"
        f"<div class=text><div class=line>{taken}"
        f'<span class=name title="{escape(card.name)}">{escape(card.name)}</span></div>'
        f"<h3>{escape(card.headline)}</h3>"
        + (f"<ul class=flags>{flags}</ul>" if flags else "")
        + _observations(card, marked)
        + "</div>\n</article></li>\n"
    )


def _picture(card: Card) -> str:
    if card.picture is None:
        return "<div class=gone>no picture</div>"
    data = base64.b64encode(card.picture).decode("ascii")
    return f'<img src="data:image/jpeg;base64,{data}" alt="{escape(card.headline)}">'


def _regions(marked: Sequence[Observation]) -> str:
    boxes = []
    for index, seen in enumerate(marked, start=1):
        at = seen.region
        assert at is not None
        edges = [
            f"{name}:{min(max(value, 0.0), 1.0) * 100:.2f}%"
            for name, value in zip(
                ("left", "top", "width", "height"), (at.x, at.y, at.width, at.height), strict=True
            )
        ]
        boxes.append(
            f'<span class="region {seen.severity}" style="{";".join(edges)}" aria-hidden=true>'
            f"<b>{index}</b></span>"
        )
    return "".join(boxes)


def _observations(card: Card, marked: Sequence[Observation]) -> str:
    """List what was observed; bare figures can be unfolded, the headline is not said twice."""
    order = {id(seen): index for index, seen in enumerate(marked, start=1)}
    said = [
        seen
        for seen in card.observations
        if seen.region is not None or seen.text.rstrip(".") != card.headline.rstrip(".")
    ]
    words, figures = (
        "".join(
            _observation(seen, order.get(id(seen)))
            for seen in said
            if (seen.kind == _FIGURES) is wanted
        )
        for wanted in (False, True)
    )
    text = f"<ul class=observations>{words}</ul>" if words else ""
    if figures:
        text += f"<details><summary>Measurements</summary><ul>{figures}</ul></details>"
    return text


def _observation(seen: Observation, number: int | None) -> str:
    badge = f"<b>{number}</b>" if number else "<b aria-hidden=true>·</b>"
    percent = round(seen.confidence * 100)
    return (
        f'<li class="{seen.severity}">{badge}<span>{escape(seen.text)} '
        f'<small title="{escape(seen.kind)}, confidence {percent} of 100">{percent}%</small>'
        "</span></li>"
    )


def _refusals(refused: Sequence[Card]) -> str:
    if not refused:
        return ""
    rows = "".join(
        f"<li><span class=name>{escape(card.name)}</span>"
        f"<span class=why>{escape(card.trouble)}</span></li>"
        for card in refused
    )
    return (
        f"<section class=refused id=refused><h2>Not analysed <small>{len(refused)}</small></h2>\n"
        "<p>A refused picture never reaches a model, and costs nothing.</p>\n"
        f"<ul>{rows}</ul></section>\n"
    )
