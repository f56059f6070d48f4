from __future__ import annotations

from uuid import uuid4

import pytest

from scout_workers.domain import leases

OWNER, OTHER = uuid4(), uuid4()
MESSAGE, ANOTHER = "m1", "m2"
OLDER = leases.token(7, 2, OWNER, MESSAGE)


@pytest.mark.parametrize("owner", [OWNER, OTHER])
def test_a_later_claim_of_the_same_row_supersedes_an_earlier_one(owner: object) -> None:
    newer = leases.token(7, 10, owner, MESSAGE)
    assert leases.supersedes(newer, OLDER)
    assert not leases.supersedes(OLDER, newer)


@pytest.mark.parametrize(
    "newer",
    [
        OLDER,
        leases.token(7, 2, OTHER, MESSAGE),
        leases.token(7, 1, OTHER, MESSAGE),
        leases.token(8, 3, OWNER, MESSAGE),
        leases.token(7, 3, OWNER, ANOTHER),
        str(uuid4()),
        "",
        "7:x:o:m1",
    ],
    ids=[
        "the same claim",
        "the same attempt of another process",
        "an earlier attempt",
        "another row",
        "another message in a table made anew",
        "a claim of another broker",
        "nothing",
        "nonsense",
    ],
)
def test_nothing_else_supersedes_it(newer: str) -> None:
    assert not leases.supersedes(newer, OLDER)


def test_nothing_supersedes_a_claim_of_another_broker() -> None:
    assert not leases.supersedes(OLDER, str(uuid4()))


def test_a_token_belongs_to_its_message_alone() -> None:
    assert leases.belongs_to(OLDER, MESSAGE)
    assert not leases.belongs_to(OLDER, ANOTHER)
    assert not leases.belongs_to(str(uuid4()), MESSAGE)
