"""What a limit means to a gate, and how much of it is used."""

from __future__ import annotations

import pytest

from scout_workers.domain.calls import Estimate
from scout_workers.domain.gates import Limits


def test_nothing_is_used_where_there_is_no_limit() -> None:
    assert Limits().used(100.0, 100.0) is None


@pytest.mark.parametrize("limit", [1, 60, 600, 60_000])
def test_a_bucket_in_debt_by_all_it_may_be_is_used_up(limit: int) -> None:
    limits = Limits(requests_per_minute=limit)
    call = limits.passing(Estimate(), backfill=False)
    # The last that passed found it in debt by the slack at most, and added one.
    most = call["request_slack"] + call["request_seconds"]

    assert limits.used(0.0, 0.0) == 0.0
    assert limits.used(most / 2, 0.0) == pytest.approx(0.5)
    assert limits.used(most, 0.0) == pytest.approx(1.0)
    assert limits.used(2 * most, 0.0) == 1.0


def test_of_requests_and_tokens_the_fuller_bucket_counts() -> None:
    limits = Limits(requests_per_minute=60, tokens_per_minute=60)

    assert limits.used(0.25, 0.5) == pytest.approx(0.5)
    assert limits.used(0.75, 0.5) == pytest.approx(0.75)
