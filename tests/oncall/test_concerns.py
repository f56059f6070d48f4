"""What needs a human: nothing of a house that is well, and one sentence of each thing amiss."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fix_oncall import APP, BUDGET, NOW, PROVIDER, QUEUE, WELL, WORKER

from scout_workers.oncall import Concern, ScheduleLine, concerns
from scout_workers.store.server import Server
from scout_workers.store.switches import THE_PROVIDER, Pause


def test_a_house_that_is_well_has_no_concerns() -> None:
    assert concerns(WELL) == []


def queue(**changes: Any) -> dict[str, Any]:
    return {"queues": [replace(QUEUE, **changes)]}


def provider(**changes: Any) -> dict[str, Any]:
    return {"providers": [replace(PROVIDER, **changes)]}


@pytest.mark.parametrize(
    ("changes", "hand", "text"),
    [
        ({"workers": []}, True, "5 messages wait and no worker is alive"),
        (
            {"workers": [replace(WORKER, state="draining")]},
            False,
            "5 messages wait, and all workers are on their way out",
        ),
        (queue(workers=0), True, "3 wait and no living worker serves it"),
        (queue(oldest_ready_seconds=1000.0), True, "3 wait, the first for 16 min 40 s"),
        (
            queue(oldest_ready_seconds=1000.0, limit=2),
            True,
            "3 wait, the first for 16 min 40 s, its limit of 2 is reached",
        ),
        (
            queue(queue="backfill", oldest_ready_seconds=1000.0),
            False,
            "3 wait, the first for 16 min 40 s",
        ),
        (
            queue(paused_by="ann", paused_at=NOW, oldest_ready_seconds=9e4),
            False,
            "3 wait: paused by ann since 2026-06-01 12:00 UTC",
        ),
        (queue(limit=0), False, "3 wait: none may run, by its limit of 0"),
        (queue(died_within_a_day=2), True, "2 messages died within a day (4 in all)"),
        (queue(next_due_seconds=-90.0), True, "scheduled messages are due, the first for 1 min"),
        (
            provider(closed_seconds=40.0, closed_reason="overloaded"),
            False,
            "asked us to stay away for another 40.0 s: overloaded",
        ),
        (provider(paused_by="ann", paused_reason="bills"), False, "paused by ann: bills"),
        (
            provider(paused_by=THE_PROVIDER, paused_reason="401"),
            True,
            "refused our key, and is not asked any more: 401",
        ),
        (
            {"paused": [Pause("camera", "Acme", "yard", None, None, "dirt", "ann", NOW)]},
            False,
            "paused by ann since 2026-06-01 12:00 UTC: dirt",
        ),
        ({"budgets": [replace(BUDGET, left_microdollars=0)]}, False, "the day's is spent"),
        (
            {"schedules": [ScheduleLine("sweep", NOW, 400.0)]},
            True,
            "nobody looks at the clock: overdue for 6 min 40 s: sweep",
        ),
        ({"server": Server(95, 100, NOW)}, True, "95 of the server's 100 are in use"),
        (
            {"connections": [replace(APP, in_transaction=1, in_transaction_seconds=61.0)]},
            True,
            "scout_app has been idle in a transaction for 1 min 1 s",
        ),
        (
            {"workers": [WORKER, replace(WORKER, version="2")]},
            False,
            "run different versions: 1, 2",
        ),
    ],
)
def test_each_thing_amiss_is_one_concern_with_a_remedy(
    changes: dict[str, Any], *, hand: bool, text: str
) -> None:
    (concern,) = concerns(replace(WELL, **changes))

    assert text in concern.text
    assert concern.needs_a_hand is hand
    assert concern.remedy


def test_what_needs_a_hand_comes_before_what_passes_by_itself() -> None:
    found: list[Concern] = concerns(
        replace(
            WELL,
            queues=[replace(QUEUE, paused_by="ann", died_within_a_day=1)],
            workers=[WORKER, replace(WORKER, state="dead", heartbeat_seconds=60.0)],
        )
    )

    assert [each.needs_a_hand for each in found] == [True, True, False]
