"""Summaries and insights are found: when they count, as what they are, under every filter."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from fix_store import FIRST_MOMENT
from fix_summaries import HOUR, SUMMARY

from scout_workers import gathering, messages
from scout_workers.domain.observations import Severity
from scout_workers.domain.texts import Scope, TextKind, at_least
from scout_workers.llm.models import Choice, Models
from scout_workers.resources import Resources, provide, resources
from scout_workers.searching import Query, Search
from scout_workers.store import MIGRATIONS, cameras, organizations, profiles

if TYPE_CHECKING:
    from uuid import UUID

    from fix_cli import CommandLine
    from fix_embeddings import Texts
    from fix_store import Database
    from fix_summaries import Desk

    from scout_workers.searching import Hit
    from scout_workers.store import Store

TEXTS = (
    "SELECT source_kind, source_id, camera_id, observed_at, severity, body, content_hash "
    "FROM scout.search_texts WHERE source_kind IN ('summary', 'insight') ORDER BY 1, 2"
)
KINDS = "SELECT source_kind, body FROM scout.search_texts WHERE capture_id IS NULL ORDER BY 1, 2"


@pytest.fixture
def store_url(vector_url: str) -> str:
    """A database that has vectors."""
    return vector_url


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight to it."""
    return store_url


@pytest.fixture
def days(writing: Desk, texts: Texts, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Days that are written about, and whatever is written is embedded."""
    chosen = Choice("writing", "writing-v1")
    providers = {each.name: each for each in (writing.provider, texts.provider)}
    models = Models(
        providers | {"counting": writing.deliveries.provider},
        {"summarize": chosen, "insights": chosen},
    )
    provide(Resources(texts.store, models, resources().blobs))
    monkeypatch.setattr(gathering, "_process", gathering.Gathering())
    return writing


def _camera(store: Store, organization: str, name: str) -> UUID:
    with store.transaction() as tx:
        whose = organizations.find_or_create(tx, organization)
        camera_id = cameras.find_or_create(tx, whose, name)
        profiles.ensure_active(tx, whose, camera_id, provider="local", model="m", instructions="")
    return camera_id


def _look_over(days: Desk, *insights: tuple[str, str, list[UUID]]) -> None:
    found = [
        {"title": title, "text": text, "severity": "warning", "evidence": list(map(str, cited))}
        for title, text, cited in insights
    ]
    days.provider.raw = json.dumps({"insights": found})
    messages.generate_insights(days.yard.organization_id, FIRST_MOMENT.date()).send()
    row = int(days.database.value("SELECT max(id) FROM scout_broker.message"))
    assert days.deliveries.deliver(row) is None
    days.provider.raw = SUMMARY


def _search(days: Desk, text: str, **scope: Any) -> list[Hit]:
    store, models, blobs = resources()
    whose = scope.pop("organization_id", days.yard.organization_id)
    return list(Search(store, models, blobs).run(Query(text, Scope(whose, **scope))).hits)


def _kinds(hits: list[Hit]) -> list[str]:
    return sorted(str(hit.found.key.kind) for hit in hits)


def test_what_is_written_of_a_day_is_found_with_its_time_its_pictures_and_its_evidence(
    days: Desk, texts: Texts, store: Store, cli: CommandLine, database: Database
) -> None:
    dock = _camera(store, "Acme", "dock")
    bolt = _camera(store, "Bolt", "yard")
    quiet = days.described(1, severity="info", body="The lamp is on.")
    grave = days.described(1, minute=10, severity="critical", body="Smoke over the shed.")
    other = days.described(1, minute=20, body="A crate.", camera_id=dock)
    days.provider.raw = SUMMARY.replace("It came at 04:20.", "Zebras grazed <b>there</b> " * 90)
    assert days.write() is None
    # As a capture's finish does: what is to be embedded is sent for.
    assert days.deliveries.waiting().count("gather_texts") == 1
    days.provider.raw = SUMMARY
    assert days.write(days.day()) is None
    _look_over(
        days,
        ("Smoke", "Smoke rose at ten past.", grave),
        ("Everywhere", "A crate here and smoke there.", [*other, *quiet, *grave]),
    )
    texts.drain()

    # By their words, by their likeness, and each with what it is of.
    (hour,) = _search(days, "grazing zebra")
    assert hour.matched == ("words", "likeness")
    assert (hour.found.title, hour.found.camera) == ("A van came", "yard")
    assert hour.source is not None
    assert (hour.source.window, hour.source.first) == ("hour", HOUR.start)
    assert len(hour.source.excerpt) < 400 < len(hour.found.text)
    assert "Zebras" in hour.source.excerpt
    assert hour.source.blob_key == database.value(
        "SELECT c.key FROM scout.captures AS c JOIN scout.analyses AS a ON a.capture_id = c.id "
        "WHERE a.severity = 'critical'"
    )
    assert _kinds(_search(days, "a van came")) == ["summary", "summary"]
    shown = {hit.found.title: hit for hit in _search(days, "smoke", kinds=(TextKind.INSIGHT,))}
    assert {title: hit.found.camera for title, hit in shown.items()} == {
        "Smoke": "yard",
        "Everywhere": None,
    }
    source = shown["Everywhere"].source
    assert source is not None
    assert [(each.camera, each.text) for each in source.evidence] == [
        ("yard", "The lamp is on."),
        ("yard", "Smoke over the shed."),
        ("dock", "A crate."),
    ]
    assert (source.first, source.last) == (
        FIRST_MOMENT,
        FIRST_MOMENT + timedelta(minutes=20),
    )
    assert shown["Smoke"].source is not None
    assert shown["Smoke"].source.bucket == "described"

    # Under every filter; and nothing of it is another organization's.
    only = (TextKind.SUMMARY, TextKind.INSIGHT)
    late = FIRST_MOMENT + timedelta(minutes=5)
    for text in ("smoke", "crate and smoke and a van came"):
        found = _search(days, text, kinds=only, cameras=(days.yard.camera_id,))
        assert all(hit.found.camera == "yard" for hit in found)
        assert _search(days, text, kinds=only, cameras=(dock,)) == []
        assert _search(days, text, kinds=only, organization_id=_of(database, bolt)) == []
    assert _titles(_search(days, "smoke", kinds=only, since=late)) == ["Smoke"]
    assert _titles(_search(days, "smoke", kinds=only, until=late)) == ["Everywhere"]
    assert _titles(_search(days, "van", kinds=only, since=late)) == []
    assert _search(days, "van", kinds=only, severities=at_least(Severity.WARNING)) == []
    assert len(_search(days, "smoke", kinds=only, severities=at_least(Severity.WARNING))) == 2

    _shown_on_the_command_line(cli)
    _found_again_after_the_migration(database)


def _of(database: Database, camera_id: UUID) -> UUID:
    found: UUID = database.value(
        "SELECT organization_id FROM scout.cameras WHERE id = %s", camera_id
    )
    return found


def _titles(hits: list[Hit]) -> list[str | None]:
    return [hit.found.title for hit in hits]


def _shown_on_the_command_line(cli: CommandLine) -> None:
    shown = cli.run("search", "smoke or zebras", "--organization", "Acme")
    assert shown.code == 0, shown.err
    lines = {line.split("  ")[0]: line for line in shown.out.splitlines()}
    assert "hour summary" in lines["2026-06-21 04:00-05:00"]
    assert re.search(
        r"A van came: Zebras grazed .b.there./b. Zebras", lines["2026-06-21 04:00-05:00"]
    )
    assert "<b>" not in shown.out
    assert "dock, yard" in lines["2026-06-21 04:00-04:20"]
    assert "Shown by 04:00, 04:10, 04:20." in lines["2026-06-21 04:00-04:20"]
    assert "/blobs/described/" in lines["2026-06-21 04:10"]
    only = ("--kind", "insight", "--severity", "warning")
    told = cli.run("search", "smoke", "--organization", "Acme", *only, "--json")
    assert told.code == 0, told.err
    (both, one) = sorted(json.loads(told.out)["results"], key=lambda each: str(each["title"]))
    assert (both["title"], both["text"]) == ("Everywhere", "A crate here and smoke there.")
    assert [each["camera"] for each in both["evidence"]] == ["yard", "yard", "dock"]
    assert one["window"] == {
        "kind": None,
        "first": "2026-06-21T04:10:00+00:00",
        "last": "2026-06-21T04:10:00+00:00",
    }


def _found_again_after_the_migration(database: Database) -> None:
    """What counted before there was a search for it is found by the migration itself."""
    before = database.rows(TEXTS)
    assert len(before) == 4
    database.rows("DELETE FROM scout.search_texts WHERE source_kind IN ('summary', 'insight')")
    text = (MIGRATIONS / "0012_search_more.sql").read_text(encoding="utf-8")
    database.rows("SET search_path = scout")
    database.rows(text[text.index("INSERT INTO search_texts") :])
    assert database.rows(TEXTS) == before


def test_what_counts_no_more_is_found_no_more_and_is_found_again_when_it_counts_again(
    days: Desk, texts: Texts, database: Database
) -> None:
    seen = days.described(2)
    days.write()
    days.write(days.day())
    _look_over(days, ("Vans", "They come at four.", seen))
    texts.drain()
    first = database.rows(KINDS)
    assert [kind for kind, _ in first] == ["insight", "summary", "summary"]

    late = days.described(minute=30)
    days.provider.raw = SUMMARY.replace("A van came", "A lorry came")
    days.write()
    _look_over(days, ("Lorries", "They come at half past.", late))
    assert database.rows(KINDS) == [
        ("insight", "Lorries\nThey come at half past."),
        ("summary", "A lorry came\nIt came at 04:20."),
        ("summary", "A van came\nIt came at 04:20."),
    ]
    assert _titles(_search(days, "half past", kinds=(TextKind.INSIGHT,))) == ["Lorries"]

    # The facts are again what they were: nobody is asked to write, and the old texts are back.
    database.rows(
        "UPDATE scout.captures SET captured_at = captured_at - interval '1 year' WHERE id IN "
        "(SELECT a.capture_id FROM scout.analyses AS a JOIN scout.observations AS o "
        "ON o.analysis_id = a.id WHERE o.id = %s)",
        late[0],
    )
    asked = len(days.provider.asked)
    days.write()
    _look_over(days, ("Nobody", "is asked.", seen))
    assert len(days.provider.asked) == asked
    assert database.rows(KINDS) == first

    database.rows("DELETE FROM scout.insight_evidence")
    database.rows("DELETE FROM scout.insights")
    database.rows("UPDATE scout.summaries SET superseded_by = NULL")
    database.rows("DELETE FROM scout.summaries")
    assert database.rows(KINDS) == []
