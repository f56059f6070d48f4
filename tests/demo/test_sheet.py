from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from PIL import Image

from scout_workers.demo.sheet import Card, Summary, dollars, page, thumbnail
from scout_workers.domain.observations import Observation, Region, Severity

CANARY = "<script>alert('canary')</script>\"'&"
NOON = datetime(2026, 3, 14, 12, 0, 5, tzinfo=UTC)

# What the sheet is made of; anything else would have come from a picture or a model.
EXPECTED_TAGS = frozenset(
    {
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section",
        "nav", "a", "p", "h1", "h2", "h3", "dl", "div", "dt", "dd", "span", "small", "b", "ol",
        "ul", "li", "article", "figure", "img", "time", "fieldset", "legend", "label", "input",
        "details", "summary",
    }
)  # fmt: skip
VOID = frozenset({"meta", "img", "input"})


def picture(size: tuple[int, int] = (64, 36)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(out, "JPEG")
    return out.getvalue()


SEEN = Card("yard.jpg", NOON, picture(), "A van", Severity.NOTICE)
REFUSED = Card("bomb.png", None, trouble="400 megapixels")
SUMMARY = Summary("Yard", "one day", {"completed": 2, "refused": 1}, 3, 1, 1_250_000)


class Reader(HTMLParser):
    """Reads a page, checks that what is opened is closed, and keeps what was found."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for _, attributes in self.tags
            if name in (attributes.get("class") or "").split()
        ]


def test_nothing_a_file_or_a_model_says_becomes_markup() -> None:
    seen = Observation(CANARY, CANARY, Severity.INFO, 0.5, Region(0, 0, 1, 1), (CANARY,))
    hostile = Summary(CANARY, CANARY, {CANARY: 1}, 1)
    text = page(
        hostile,
        [
            replace(SEEN, name=CANARY, headline=CANARY, flags=[CANARY], observations=[seen]),
            replace(REFUSED, name=CANARY, trouble=CANARY),
            replace(SEEN, taken=datetime(2026, 3, 14, 13, 0, tzinfo=UTC), headline=CANARY),
        ],
    )

    read = Reader(text)

    assert {tag for tag, _ in read.tags} <= EXPECTED_TAGS
    assert "<script" not in text
    handlers = [name for _, attributes in read.tags for name in attributes if name[:2] == "on"]
    assert handlers == []
    assert read.text.count(CANARY) >= 8  # and yet a person can read it


def test_the_control_page_with_unescaped_words_is_caught() -> None:
    text = page(SUMMARY, [replace(SEEN, headline="A van")]).replace("A van", CANARY)

    assert not {tag for tag, _ in Reader(text).tags} <= EXPECTED_TAGS


def test_a_sheet_needs_nothing_but_itself() -> None:
    text = page(SUMMARY, [SEEN, REFUSED])

    links = [
        value
        for _, attributes in Reader(text).tags
        for name in ("src", "href")
        if (value := attributes.get(name))
    ]
    assert links
    assert all(value.startswith(("data:image/jpeg;base64,", "#")) for value in links)
    assert "@import" not in text
    assert "url(" not in text


def test_regions_are_drawn_where_the_model_saw_them_and_numbered_like_their_sentence() -> None:
    observations = [
        Observation("scene", "Daylight.", Severity.INFO, 0.9),
        Observation("changed_region", "Here.", Severity.NOTICE, 0.7, Region(0.25, 0.5, 0.1, 0.2)),
        Observation("changed_region", "There.", Severity.WARNING, 0.6, Region(0.9, 0.9, 0.4, 0.4)),
    ]

    read = Reader(page(SUMMARY, [replace(SEEN, observations=observations)]))

    assert [box["style"] for box in read.of_class("region")] == [
        "left:25.00%;top:50.00%;width:10.00%;height:20.00%",
        "left:90.00%;top:90.00%;width:40.00%;height:40.00%",
    ]
    assert re.search(r"1Here\. 70%", read.text)
    assert re.search(r"2There\. 60%", read.text)


def test_bare_figures_are_folded_away_and_the_headline_is_not_said_twice() -> None:
    observations = [
        Observation("scene", "A van.", Severity.INFO, 0.9),
        Observation("changed_region", "Something entered.", Severity.INFO, 0.9),
        Observation("measurements", "Mean brightness 0.5.", Severity.INFO, 1.0),
    ]

    text = page(SUMMARY, [replace(SEEN, headline="A van", observations=observations)])

    listed, _, folded = text.partition("<details>")
    assert "Something entered." in listed
    assert "A van." not in text
    assert "Mean brightness 0.5." in folded


def test_refused_files_stand_apart_with_their_reason() -> None:
    read = Reader(page(SUMMARY, [SEEN, REFUSED]))

    assert len(read.of_class("card")) == 1
    assert "bomb.png400 megapixels" in read.text


def test_counts_calls_and_cost_stand_at_the_top() -> None:
    text = Reader(page(SUMMARY, [])).text

    assert "completed2" in text
    assert "refused1" in text
    assert "model calls3" in text
    assert "spent$1.25" in text
    assert "in doubt1" in text


def test_every_picture_has_a_mark_in_the_order_of_time_that_leads_to_it() -> None:
    later = datetime(2026, 3, 14, 18, 0, tzinfo=UTC)
    read = Reader(page(SUMMARY, [SEEN, replace(SEEN, severity=Severity.CRITICAL, taken=later)]))

    marks = [attributes for tag, attributes in read.tags if tag == "a" and "style" in attributes]
    assert [(mark["href"], mark["style"]) for mark in marks] == [
        ("#p1", "left:0.000%"),
        ("#p2", "left:100.000%"),
    ]
    assert {attributes.get("id") for _, attributes in read.tags} >= {"p1", "p2"}


def test_every_picture_has_words_for_who_cannot_see_it() -> None:
    read = Reader(page(SUMMARY, [replace(SEEN, headline="A van")]))

    assert [attributes["alt"] for tag, attributes in read.tags if tag == "img"] == ["A van"]


def test_a_thumbnail_is_small_and_upright() -> None:
    turned = Image.new("RGB", (1600, 900), (10, 20, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    out = io.BytesIO()
    turned.save(out, "JPEG", exif=exif)

    with Image.open(io.BytesIO(thumbnail(out.getvalue()))) as small:
        assert small.size == (360, 640)


def test_what_is_no_picture_has_no_thumbnail() -> None:
    with pytest.raises(OSError, match="identify"):
        thumbnail(b"<html>")


def test_the_pictures_in_a_sheet_can_be_decoded() -> None:
    sources = [
        attributes["src"] for tag, attributes in Reader(page(SUMMARY, [SEEN])).tags if tag == "img"
    ]

    assert sources[0] is not None
    with Image.open(io.BytesIO(base64.b64decode(sources[0].partition(",")[2]))) as shown:
        assert shown.size == (64, 36)


@pytest.mark.parametrize(
    ("microdollars", "said"),
    [(0, "$0.00"), (1_250_000, "$1.25"), (1_234_567_890, "$1,234.57"), (42, "$0.000042")],
)
def test_amounts_are_told_as_finely_as_they_need(microdollars: int, said: str) -> None:
    assert dollars(microdollars) == said
