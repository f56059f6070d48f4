from __future__ import annotations

import pytest

from scout_workers.domain.profiles import SkipUnchanged


@pytest.mark.parametrize(
    "policy",
    [
        {"distance": 65, "changed_area": 0.1, "at_most_in_a_row": 1},
        {"distance": 1, "changed_area": 1.1, "at_most_in_a_row": 1},
        {"distance": 1, "changed_area": 0.1, "at_most_in_a_row": 0},
        {"distance": 1, "changed_area": 0.1, "at_most_in_a_row": 1, "longest_gap_s": 0},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(policy: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        SkipUnchanged(**policy)  # type: ignore[arg-type]  # numbers as JSON has them
