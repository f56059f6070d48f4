from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scout_workers import resources
from scout_workers.blobs.files import FileStore
from scout_workers.llm.models import Models
from scout_workers.resources import NotProvidedError, Resources, provide

if TYPE_CHECKING:
    from pathlib import Path

    from scout_workers.store import Store


def test_a_process_that_provided_nothing_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_provided", [])
    with pytest.raises(NotProvidedError, match="scout-workers worker"):
        resources.resources()


def test_the_last_provided_are_what_an_actor_gets(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "_provided", [])
    blobs = FileStore(tmp_path)
    provide(Resources(store, Models({}), blobs))
    provide(Resources(store, models := Models({}), blobs))
    assert resources.resources() == (store, models, blobs)
