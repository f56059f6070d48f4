"""The account: what our tables say of each capture, beside what the provider was paid for it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

# One row a capture: analyses, of them completed; observations, and different ones; events of it;
# calls that were answered, in doubt and, of those, with a late receipt.
CAPTURES = """
SELECT c.id,
       (SELECT count(*) FROM scout.analyses a WHERE a.capture_id = c.id),
       (SELECT count(*) FROM scout.analyses a WHERE a.capture_id = c.id AND a.state = 'completed'),
       (SELECT count(*) FROM scout.observations o JOIN scout.analyses a ON a.id = o.analysis_id
        WHERE a.capture_id = c.id),
       (SELECT count(*) FROM scout.events e JOIN scout.analyses a ON a.id = e.subject_id
        WHERE a.capture_id = c.id AND e.broadcast_at IS NOT NULL),
       (SELECT count(*) FROM scout.llm_calls l JOIN scout.analyses a ON a.id = l.subject_id
        WHERE a.capture_id = c.id AND l.status = 'succeeded'),
       (SELECT count(*) FROM scout.llm_calls l JOIN scout.analyses a ON a.id = l.subject_id
        WHERE a.capture_id = c.id AND l.status = 'in_doubt'),
       (SELECT max(l.raw_answer) FROM scout.llm_calls l JOIN scout.analyses a
          ON a.id = l.subject_id WHERE a.capture_id = c.id AND l.status = 'succeeded')
FROM scout.captures c
"""
CALLS = """
SELECT status || CASE WHEN status = 'in_doubt' AND received_at IS NOT NULL
                 THEN ', its answer came late' ELSE '' END, count(*)
FROM scout.llm_calls GROUP BY 1 ORDER BY 1
"""
LEFT = """
SELECT (SELECT count(*) FROM scout_broker.message), (SELECT count(*) FROM scout_broker.dead_message)
"""


@dataclass(slots=True)
class Account:
    """What came of everything.

    Attributes:
        billed: Answers the provider charged for.
        completed: Captures with one analysis, completed, and one event of it that was told.
        observations: Of all captures.
        wrong_observations: Captures whose observations are not those of their answer, each once.
        paid: How many captures were paid for how often, by the till.
        unexplained: Captures that were paid for more often than the ledger's doubts admit.
        calls: The ledger's, by what became of them.
        left: Messages that nobody has worked on.
        dead: And those that were given up.
    """

    billed: int = 0
    completed: int = 0
    observations: int = 0
    wrong_observations: list[str] = field(default_factory=list)
    paid: Counter[int] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    left: int = 0
    dead: int = 0

    def count(self, model: str, billed: int, counts: Sequence[int], raw: str | None) -> None:
        """Enter one capture: what the till says of it, and what `CAPTURES` does."""
        analyses, completed, observations, events, answered, in_doubt = counts
        self.billed += billed
        self.completed += analyses == completed == events == answered == 1
        self.observations += observations
        if raw is None or observations != len(json.loads(raw)["observations"]):
            self.wrong_observations.append(model)
        self.paid[billed] += 1
        if billed > 1 + in_doubt:
            self.unexplained.append(f"{model}: {billed} times, {in_doubt} in doubt")


def gathered(url: str, entries: Iterable[Mapping[str, Any]], models: Mapping[str, UUID]) -> Account:
    """Put the account together from our tables and the till's entries."""
    billed = Counter(str(entry["model"]) for entry in entries if entry["billed"])
    names = {capture: model for model, capture in models.items()}
    account = Account()
    with psycopg.connect(url, application_name="bench") as connection:
        for capture, *counts, raw in connection.execute(CAPTURES):
            account.count(names[capture], billed[names[capture]], counts, raw)
        account.calls = dict(connection.execute(CALLS).fetchall())
        account.left, account.dead = connection.execute(LEFT).fetchone() or (0, 0)
    return account
