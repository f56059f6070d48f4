"""The page of the benchmark: what it replaces, what it leaves, what it judges."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from benchmarks.broker import page, plots, results
from benchmarks.broker.results import BarPlot, LinePlot, Section, Table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(page, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr(page, "KEPT", tmp_path / "benchmarks" / "broker.json")
    return tmp_path


def section(name: str, figure: str, *, ratio: float | None = 1.0) -> Section:
    return Section(
        name,
        f"The {name}",
        "How.",
        tables=[Table("Figures", ["", "rate"], [["ours", figure]])],
        bars=[results.at_least(f"{name}'s ratio", ratio, 0.75)],
    )


def test_a_second_run_replaces_its_own_section_and_no_other(kept: Path) -> None:
    page.add(section("drain", "111"))
    page.add(section("idle", "222"))
    text = (kept / "benchmarks.md").read_text("utf-8")
    (kept / "benchmarks.md").write_text(text + "\nA hand's own words.\n", "utf-8")

    page.add(section("drain", "333", ratio=0.5))

    text = (kept / "benchmarks.md").read_text("utf-8")
    assert "111" not in text
    assert "222" in text
    assert "333" in text
    assert "A hand's own words." in text
    assert text.count("## The drain") == 1
    assert "| drain's ratio | ≥ 0.75× | 0.50× | **missed** |" in text
    assert "| idle's ratio | ≥ 0.75× | 1.00× | ok |" in text


def test_what_was_not_measured_is_never_ok() -> None:
    assert results.at_least("", None, 0.75).ok is None
    assert results.at_most("", None, 0.75, "").ok is None
    assert results.paired([1.0, None], [None, 2.0]) is None


def test_a_ratio_is_taken_round_by_round() -> None:
    # The machine was ten times slower in the second round, for both.
    assert results.paired([100.0, 10.0, 90.0], [200.0, 20.0, 180.0]) == 0.5


def test_plots_are_well_formed_whatever_they_are_called() -> None:
    bars = BarPlot("a.svg", "A & <b>", ["8"], ["x < y", "none"], [[2.0], [None]])
    lines = LinePlot("b.svg", "Rate", "per s", {"held & not": [(0.0, 1.0), (1.0, 2.0)]})
    for drawn in (plots.bars(bars), plots.lines(lines)):
        assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 (our own)
