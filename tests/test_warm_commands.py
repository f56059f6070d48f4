from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from warm_commands import WarmCommands


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "SCOUT_DATA_DIR": str(tmp_path / "data")}


def test_a_command_ends_and_writes_as_one_that_was_started(
    warm_commands: WarmCommands, environment: dict[str, str]
) -> None:
    code, out, err = warm_commands.run(["--version"], environment, 60)
    assert (code, err) == (0, "")
    assert "scout" in out
    code, out, err = warm_commands.run(["cron", "no-such-thing"], environment, 60)
    assert (code, out) == (2, "")
    assert "no-such-thing" in err


def test_each_command_has_its_own_environment_however_many_run_at_once(
    warm_commands: WarmCommands, environment: dict[str, str]
) -> None:
    def ask(port: int) -> str:
        url = f"postgresql://scout@127.0.0.1:{port}/scout"
        return warm_commands.run(["cron", "list"], environment | {"DATABASE_URL": url}, 60)[2]

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(ask, [1, 2, 3, 4]))
    assert [f"127.0.0.1:{port}" in text for port, text in enumerate(told, 1)] == [True] * 4


def test_a_command_that_does_not_end_is_killed_and_named(
    warm_commands: WarmCommands, environment: dict[str, str]
) -> None:
    with pytest.raises(TimeoutError, match="fake-llm"):
        warm_commands.run(["fake-llm", "--port", "0"], environment, 0.5)
