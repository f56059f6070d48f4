"""One question put again and again, under the claims of one message, to scripted providers."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from scout_workers import asking
from scout_workers.blobs.files import FileStore
from scout_workers.domain import leases
from scout_workers.domain.calls import Answer, ModelName, Usage
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.terms import Terms
from scout_workers.store import Store, ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fix_store import Database, Yard

    from scout_workers.broker import Pool

FIRST, SECOND, THIRD = (ModelName("p", name) for name in ("first", "second", "third"))
USELESS = "no JSON"


def _answer(raw: str, model: str) -> Answer:
    return Answer(raw, f"{model}-served", Usage(10, 5), 100, "test", 3)


def parse(raw: str) -> str:
    """Find the answer of use, or not."""
    if raw == USELESS:
        raise ScoutError(ErrorClass.SCHEMA_INVALID, "there is no JSON")
    return raw.upper()


@dataclass
class Desk:
    """Puts the yard's one question under a claim, to providers that say what a test has them say.

    Attributes:
        sayings: What comes next: an answer's text, or an error.
        asked: Who was asked, and what they were told to be wrong.
    """

    store: Store
    yard: Yard
    database: Database
    blobs: FileStore
    sayings: deque[str | Exception] = field(default_factory=deque)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    claims: int = 0

    def begin(self) -> asking.Question:
        """Begin under the next claim of one message."""
        self.claims += 1
        request = ledger.Request(
            key="describe:1",
            purpose="describe",
            subject_id=uuid4(),
            organization_id=self.yard.organization_id,
            camera_id=self.yard.camera_id,
            provider=FIRST.provider,
            model=FIRST.model,
        )
        with self.store.transaction() as tx:
            call = ledger.begin(tx, request, leases.token(7, self.claims, uuid4(), "a message"))
        return asking.Question(self.store, self.blobs, call)

    def prepare(self, name: ModelName, complaint: str | None) -> Callable[[], Answer]:
        def ask() -> Answer:
            self.asked.append((name.model, complaint))
            saying = self.sayings.popleft()
            if isinstance(saying, Exception):
                raise saying
            return _answer(saying, name.model)

        return ask

    def put(self, *sayings: str | Exception) -> str | None:
        """Begin, and have the question answered by these sayings, one a call."""
        self.sayings.extend(sayings)
        return self.begin().answered(self.prepare, parse)

    def calls(self) -> list[tuple[Any, ...]]:
        return self.database.rows(
            "SELECT model, status, error_class, served_model FROM scout.llm_calls "
            "ORDER BY started_at"
        )


@pytest.fixture
def desk(store_pool: Pool, yard: Yard, database: Database, tmp_path: Path) -> Desk:
    store = Store(store_pool, terms=Terms({"describe": (FIRST, SECOND, THIRD)}))
    return Desk(store, yard, database, FileStore(tmp_path))
