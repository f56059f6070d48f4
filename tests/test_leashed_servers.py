"""A server on a leash ends with whoever holds it, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import leashed_servers
import pytest
from fix_broker import eventually

HOLDER = """
import leashed_servers, signal, sys
from pathlib import Path
port, folder = int(sys.argv[1]), Path(sys.argv[2])
command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
holder = leashed_servers.start(command, port, folder=folder)
print("started", flush=True)
signal.pause()
"""


def test_a_server_whose_holder_is_killed_ends_and_its_folder_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    port = leashed_servers.free_port()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(port), str(folder)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"started\n"
        holder.send_signal(signal.SIGKILL)
    eventually(lambda: not leashed_servers.listens(port))
    eventually(lambda: not folder.exists())


def test_a_server_that_ends_at_once_is_said_to_not_have_started(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="this is why"):
        leashed_servers.start(["sh", "-c", "echo this is why"], 1, folder=tmp_path)


def test_a_program_that_is_not_there_skips_here_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install nothing"):
        leashed_servers.needed("no-such-program", "nothing")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install nothing"):
        leashed_servers.needed("no-such-program", "nothing")
