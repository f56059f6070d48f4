"""The incident happens to those who hold a connection while they wait, and not to us."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from benchmarks.origin_incident.__main__ import measured
from benchmarks.origin_incident.page import bars
from benchmarks.origin_incident.ways import law_refuses
from scout_workers import settings
from scout_workers.app import open_app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.heavy
def test_only_who_holds_a_connection_during_a_call_starves_the_others(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOUT_DATABASE_URL", empty_database)
    monkeypatch.setenv("SCOUT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SCOUT_VECTOR_SEARCH", "false")
    asked = argparse.Namespace(
        threads=60, callers=12, connections=4, scale=0.1, turns=1, turn_seconds=5.0
    )
    with open_app(settings.load()) as app:
        law_refuses(app.store)
        naive, strict, ours = measured(app, asked)

    assert naive.refused > 0.5
    assert naive.short < ours.short
    assert strict.lost > 0
    kept = [what for what in bars([naive, strict, ours]) if "p99" not in what]
    assert [what for what in kept if not bars([naive, strict, ours])[what]] == []
