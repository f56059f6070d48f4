"""One run of the benchmark: its servers, its contenders, its rounds."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .catalogue import BY_NAME
from .handle import Handle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from .catalogue import Entrant
    from .postgres import Postgres


@dataclass(slots=True)
class Bench:
    """What every measure is given.

    Attributes:
        console: Where to print.
        postgres: The server under test.
        urls: The other servers, by the kind of service.
        pythons: The interpreter of each contender that takes part.
        rounds: How many times what is repeated is repeated.
        quick: Whether to be done in three minutes.
    """

    console: Console
    postgres: Postgres
    urls: dict[str, str]
    pythons: dict[str, Path]
    rounds: int
    quick: bool
    templates: dict[str, str] = field(default_factory=dict)

    def entrants(self, *, service: str | None = None) -> list[Entrant]:
        """Return who takes part, ours first."""
        return [
            entrant
            for name, entrant in BY_NAME.items()
            if name in self.pythons and service in {None, entrant.service}
        ]

    def say(self, sentence: str) -> None:
        """Print a line of progress."""
        self.console.print(f"[dim]{sentence}[/]", highlight=False)

    def handle(
        self, entrant: Entrant, database: str | None = None, queues: Sequence[str] = ("default",)
    ) -> Handle:
        """Start a contender's process."""
        url = self.postgres.url_of(database) if database else self.urls.get(entrant.service, "")
        return Handle(entrant, self.pythons[entrant.name], url, queues)

    @contextmanager
    def database(self, entrant: Entrant, count: int = 0) -> Iterator[str]:
        """A fresh database with the contender's tables and so many messages, for the block."""
        with self.postgres.database(self.template(entrant, count)) as name:
            yield name

    def template(self, entrant: Entrant, count: int = 0) -> str:
        """Return a database to copy, made once: filled, and analyzed as autovacuum would have."""
        key = f"{entrant.name}:{count}"
        if key not in self.templates:
            name = self.postgres.create()
            self.templates[key] = name
            with self.handle(entrant, name) as child:
                child.do("setup")
                if count:
                    self.say(f"filling {count:,} messages for {entrant.title}")
                    child.do("fill", count=count)
            self.postgres.wait_until_left(name)
            with self.postgres.connect(name) as connection:
                connection.execute("VACUUM ANALYZE")
            self.postgres.wait_until_left(name)
        return self.templates[key]

    def forget(self, entrant: Entrant, count: int) -> None:
        """Drop a template that takes much room."""
        name = self.templates.pop(f"{entrant.name}:{count}", None)
        if name is not None:
            self.postgres.drop(name)

    def close(self) -> None:
        """Drop the templates."""
        for name in self.templates.values():
            self.postgres.drop(name)
        self.templates.clear()
