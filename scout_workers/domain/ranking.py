"""Several rankings of the same things become one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

Thing = TypeVar("Thing", bound="Hashable")

CONSTANT: Final = 60
"""How little the very first places are preferred: the value of the method's authors."""


def fuse(rankings: Mapping[str, Sequence[Thing]]) -> list[tuple[Thing, float, tuple[str, ...]]]:
    """Merge rankings by reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009).

    Only places count: the scores of different searches cannot be compared.

    Args:
        rankings: By name, each best first, nothing in it twice.

    Returns:
        Each thing once, best first, with its score and the names of the rankings that have it.
        Of equals, whoever came first in the first ranking.
    """
    scores: defaultdict[Thing, float] = defaultdict(float)
    names: defaultdict[Thing, tuple[str, ...]] = defaultdict(tuple)
    for name, ranking in rankings.items():
        for place, thing in enumerate(ranking, start=1):
            scores[thing] += 1 / (CONSTANT + place)
            names[thing] += (name,)
    return [
        (thing, score, names[thing])
        for thing, score in sorted(scores.items(), key=lambda item: -item[1])
    ]
