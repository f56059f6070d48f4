from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fix_deliveries import Deliveries


def test_a_capture_becomes_observations_in_one_paid_call(deliveries: Deliveries) -> None:
    row = deliveries.send(deliveries.capture())

    deliveries.deliver(row)

    assert deliveries.analyses() == [("completed", None, "A van at the gate")]
    assert deliveries.calls() == [("succeeded", True)]
    assert len(deliveries.provider.paid) == 1
    assert deliveries.waiting() == ["broadcast_event"]
