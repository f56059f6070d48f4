"""Every request received and every answer billed, from the provider's own side.

What a client believes it paid can be counted against this. No word of a request is kept: its digest
tells whether the same was asked twice.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from scout_workers.fake_llm.question import Usage


@dataclass(slots=True)
class Entry:
    """One request, and what became of it.

    Attributes:
        number: In the order of their arrival, from 1.
        at: When it arrived, UTC.
        request: Digest (sha256) of its body.
        model: Asked for; empty while unread.
        fault: What it met; None: an ordinary answer.
        outcome: open, answered, refused (a no), limited (a no of --limit) or broken (it did not
            get the answer).
        status: Of HTTP, if one was sent.
        billed: Whether an answer was made, which costs, delivered or not.
        seconds: From its arrival to its end.
        left: Whether the client was gone before the end.
    """

    number: int
    at: str
    wire: str = ""
    operation: str = ""
    model: str = ""
    request: str = ""
    request_id: str = ""
    images: int = 0
    texts: int = 0
    fault: str | None = None
    outcome: str = "open"
    status: int | None = None
    billed: bool = False
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    seconds: float | None = None
    left: bool = False
    _began: float = field(default_factory=time.monotonic, repr=False)

    def bill(self, usage: Usage) -> None:
        """Charge for an answer."""
        self.billed = True
        self.input_tokens = usage.input
        self.output_tokens = usage.output
        self.cached_tokens = usage.cached

    def told(self) -> dict[str, Any]:
        """Return it as JSON shows it."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}


class Till:
    """All entries since the start. Safe to be read from another thread.

    Args:
        log: Where each entry is written as a line of JSON when it has ended.
    """

    def __init__(self, log: TextIO | None = None) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._entries: list[Entry] = []

    def open(self, request_id: str) -> Entry:
        """Write down that a request arrived."""
        with self._lock:
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            entry = Entry(len(self._entries) + 1, at, request_id=request_id)
            self._entries.append(entry)
            return entry

    def close(self, entry: Entry, *, left: bool) -> None:
        """Write down that it is over."""
        with self._lock:
            entry.seconds = round(time.monotonic() - entry._began, 4)  # noqa: SLF001 - its own till
            entry.left = left
            if entry.outcome == "open":
                entry.outcome = "broken"
            if self._log is not None:
                self._log.write(json.dumps(entry.told()) + "\n")
                self._log.flush()

    def clear(self) -> None:
        """Forget everything so far."""
        with self._lock:
            self._entries = []

    @property
    def entries(self) -> list[Entry]:
        """All of them, in order of arrival."""
        with self._lock:
            return list(self._entries)

    @property
    def billed(self) -> list[Entry]:
        """Those that cost something."""
        return [entry for entry in self.entries if entry.billed]

    def sums(self) -> dict[str, Any]:
        """Return what it all comes to."""
        entries = self.entries
        paid = [entry for entry in entries if entry.billed]
        asked_again = Counter(entry.request for entry in paid)
        return {
            "requests": len(entries),
            "open": sum(entry.outcome == "open" for entry in entries),
            "billed": len(paid),
            "billed_again": sum(count - 1 for count in asked_again.values()),
            "input_tokens": sum(entry.input_tokens for entry in paid),
            "output_tokens": sum(entry.output_tokens for entry in paid),
            "cached_tokens": sum(entry.cached_tokens for entry in paid),
            "by_outcome": dict(Counter(entry.outcome for entry in entries)),
            "by_fault": dict(Counter(entry.fault or "none" for entry in entries)),
            "by_model": dict(Counter(entry.model for entry in paid)),
        }
