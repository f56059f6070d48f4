"""Commands in processes of their own, without the second that imports take in each.

A process that has imported everything forks itself for each command: what the command is given
(words, environment, pipes) and how it ends are its own, as with a process that was started.
Whatever depends on how a process starts is not for this: signals, terminals, a locale.

As a program this is that process: `warm_commands.py FD`, FD a socket to whoever asks.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import random
import runpy
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from scout_workers import cli

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LARGEST = 1 << 17


class WarmCommands:
    """The process that forks, started with the first command."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], seconds: float
    ) -> tuple[int, str, str]:
        """Run `scout-workers` to its end.

        Returns:
            Its exit code, and what it wrote to standard output and error.

        Raises:
            TimeoutError: It did not end in time, and was killed.
        """
        request = json.dumps([list(arguments), dict(environment), str(Path.cwd())]).encode()
        with ExitStack() as stack:
            pipes = [os.pipe() for _ in range(3)]
            readers = [stack.enter_context(os.fdopen(read, "rb")) for read, _ in pipes]
            theirs = [write for _, write in pipes]
            try:
                with self._lock:
                    socket.send_fds(self._ready(), [request], theirs)
            finally:
                for each in theirs:
                    os.close(each)
            out, err, fate = readers
            pid = int(fate.readline())
            timer = stack.enter_context(_Timer(seconds, pid))
            errors: list[bytes] = []
            other = threading.Thread(target=lambda: errors.append(err.read()), name="stderr")
            other.start()
            text = out.read()
            other.join()
            code = int(fate.readline())
        if timer.struck:
            raise TimeoutError(f"scout-workers {' '.join(arguments)} took over {seconds:g} s")
        return code, text.decode(), errors[0].decode()

    def close(self) -> None:
        """End the process."""
        if self._socket is not None and self._process is not None:
            self._socket.close()
            self._process.wait(10)

    def _ready(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, __file__, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
        return self._socket


class _Timer:
    def __init__(self, seconds: float, pid: int) -> None:
        self.struck = False
        self._pid = pid
        self._timer = threading.Timer(seconds, self._strike)

    def _strike(self) -> None:
        self.struck = True
        os.kill(self._pid, signal.SIGKILL)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _serve(requests: socket.socket) -> list[str]:
    """Fork for each request; return in the child, with the words of its command."""
    while True:
        data, files, _, _ = socket.recv_fds(requests, _LARGEST, 3)
        if not data:
            sys.exit()
        while _reaped():
            pass
        if os.fork() == 0:
            break
        for each in files:
            os.close(each)
    requests.close()
    arguments, environment, folder = json.loads(data)
    out, err, fate = files
    pid = os.fork()
    if pid:
        _tell(os.fdopen(fate, "wb"), pid, (out, err))
    os.close(fate)
    os.setsid()
    for number, file in ((1, out), (2, err)):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    random.seed()
    return [str(word) for word in arguments]


def _tell(fate: BinaryIO, pid: int, files: tuple[int, int]) -> None:
    for each in files:
        os.close(each)
    with fate:
        fate.write(b"%d\n" % pid)
        fate.flush()
        _, status = os.waitpid(pid, 0)
        fate.write(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _reaped() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        return False


if __name__ == "__main__":
    for module in pkgutil.walk_packages(cli.__path__, f"{cli.__name__}."):
        importlib.import_module(module.name)
    gc.freeze()  # what nobody looks at again is not copied for each
    sys.argv = ["scout-workers", *_serve(socket.socket(fileno=int(sys.argv[1])))]
    runpy.run_module("scout_workers", run_name="__main__", alter_sys=False)
