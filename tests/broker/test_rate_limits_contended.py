"""Two processes of sixteen threads at one counter: not one too many is let in."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from fix_broker import rows

CONTENDING = Path(__file__).with_name("contending.py")


def contend(url: str, what: str, how: str = "exact") -> list[int]:
    """Run two processes side by side and return what each printed."""
    processes = [
        subprocess.Popen(
            [sys.executable, CONTENDING, url, what, how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return [int(result) for result in results]


def prepared(url: str) -> None:
    rows(url, "CREATE TABLE holder (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
    rows(
        url,
        "INSERT INTO scout_broker.rate_limit (key, value, expires_at) "
        "VALUES ('fall', 300, now() + interval '1 minute')",
    )


@pytest.mark.parametrize(
    ("what", "most"), [("adding", 25), ("rising", 300), ("falling", 300), ("looking_back", 300)]
)
def test_exactly_as_many_are_let_in_as_there_is_room_for(
    broker_url: str, broker_database: str, what: str, most: int
) -> None:
    prepared(broker_database)
    assert sum(contend(broker_url, what)) == most


def test_no_more_hold_a_concurrent_limit_than_it_allows(
    broker_url: str, broker_database: str
) -> None:
    prepared(broker_database)
    assert 1 <= max(contend(broker_url, "holding")) <= 3
    assert rows(
        broker_database, "SELECT value FROM scout_broker.rate_limit WHERE key = 'hold'"
    ) == [(0,)]


def test_no_window_lets_in_more_than_it_allows_while_it_slides(
    broker_url: str, broker_database: str
) -> None:
    taken = sum(contend(broker_url, "sliding"))
    seconds = counted_by_second(broker_database)
    assert sum(seconds.values()) == taken
    assert len(seconds) >= 2
    assert most_in_two_seconds(seconds) <= 30


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("what", "most"), [("adding", 25), ("rising", 300), ("falling", 300), ("looking_back", 300)]
)
def test_the_control_that_looks_before_it_counts_lets_in_too_many(
    broker_database: str, what: str, most: int
) -> None:
    prepared(broker_database)
    assert sum(contend(broker_database, what, "naive")) > most


@pytest.mark.heavy
def test_the_control_that_looks_before_it_counts_lets_too_many_hold_a_limit(
    broker_database: str,
) -> None:
    prepared(broker_database)
    assert max(contend(broker_database, "holding", "naive")) > 3


def counted_by_second(url: str) -> dict[int, int]:
    found = rows(
        url,
        "SELECT split_part(key, '@', 2)::bigint, value FROM scout_broker.rate_limit "
        "WHERE key LIKE 'slide@%'",
    )
    return dict(found)


def most_in_two_seconds(seconds: dict[int, int]) -> int:
    every = range(min(seconds), max(seconds) + 2)
    return max(seconds.get(a, 0) + seconds.get(b, 0) for a, b in pairwise(every))
