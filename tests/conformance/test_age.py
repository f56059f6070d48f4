"""A message that is older than its actor or it itself allows is dead, not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dramatiq
import pytest
from dramatiq.common import current_millis
from dramatiq.middleware import CurrentMessage

if TYPE_CHECKING:
    from fix_conformance import Stage


@pytest.mark.parametrize("says", ["actor", "message"])
def test_a_message_over_its_age_is_not_run_and_dead(stage: Stage, says: str) -> None:
    def work() -> None:
        raise AssertionError("it ran, though it was too old")

    if says == "actor":
        message = dramatiq.actor(max_age=1000)(work).message()
    else:
        message = dramatiq.actor(work).message_with_options(max_age=1000)
    stage.broker.enqueue(message.copy(message_timestamp=current_millis() - 2000))
    stage.run()
    assert stage.dead() == [("work", message.message_id)]


def test_a_message_that_grows_too_old_between_its_retries_is_dead(stage: Stage) -> None:
    tries: list[int] = []

    @dramatiq.actor(max_age=60_000, max_retries=None)
    def fail() -> None:
        tries.append(1)
        if len(tries) == 3:
            message = CurrentMessage.get_current_message()
            assert message is not None
            message.options["max_age"] = 1
        raise RuntimeError("no luck")

    fail.send()
    stage.run()
    assert len(tries) == 3
    assert len(stage.dead()) == 1
