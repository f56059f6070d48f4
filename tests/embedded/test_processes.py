from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scout_workers.embedded import processes

if TYPE_CHECKING:
    from pathlib import Path


def test_a_living_process_has_its_command_line() -> None:
    assert sys.executable.split("/")[-1][:6] in str(processes.command_of(os.getpid()))


def test_a_process_that_is_gone_has_none() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    assert processes.command_of(gone.pid) is None


@pytest.mark.parametrize(("state", "expected"), [("R", ""), ("D", ""), ("Z", None), ("X", None)])
def test_a_process_without_a_command_line_lives_unless_its_state_says_otherwise(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    expected: str | None,
) -> None:
    """In the moment of an exec a process has none: it is not to be taken for dead."""
    (tmp_path / "self").touch()
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "cmdline").write_bytes(b"")
    (tmp_path / "7" / "stat").write_text(f"7 (a) R b) {state} 1 7 7 0 -1\n")
    monkeypatch.setattr(processes, "_PROC", tmp_path)
    assert processes.command_of(7) == expected


@pytest.mark.skipif(not os.access("/bin/ps", os.X_OK), reason="no ps here")
def test_where_there_is_no_proc_ps_is_asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processes, "_PROC", tmp_path)
    assert "python" in str(processes.command_of(os.getpid()))
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        assert processes.command_of(zombie.pid) is None
    assert processes.command_of(zombie.pid) is None
