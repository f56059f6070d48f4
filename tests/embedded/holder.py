"""A process that holds an embedded server and does what its standard input says.

    holder.py DATA_DIR [--uid UID] [--programs FOLDER] [--shared FOLDER] [--no-fork-guard]

It answers in lines of JSON: first its URL and the server's process id, or the error.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from scout_workers import embedded
from scout_workers.embedded import installation, locks


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--programs", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("/var/lib/scout-workers"))
    parser.add_argument("--no-fork-guard", action="store_true")
    arguments = parser.parse_args()
    if arguments.programs:
        installation._roots = lambda: [arguments.programs]
    if arguments.uid:
        os.setgroups([])
        os.setgid(arguments.uid)
        os.setuid(arguments.uid)
    try:
        server = embedded.acquire(
            arguments.data_dir,
            options={"fsync": "off"},
            shared=arguments.shared,
        )
    except embedded.EmbeddedError as error:
        answer(error=type(error).__name__, message=str(error))
        return
    if arguments.no_fork_guard:
        locks._open_locks.clear()
    answer(url=server.url, pid=server.describe().pid)
    for line in sys.stdin:
        obey(line.strip(), server)


def obey(request: str, server: embedded.Server) -> None:
    if request == "release":
        server.release()
        answer(released=True)
    elif request == "fork":
        ours, childs = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(childs, b"!")
            signal.pause()
        os.read(ours, 1)  # the child runs
        answer(child=child)
    elif request == "fork and release":
        child = os.fork()
        if child == 0:
            server.release()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        answer(status=status)


def answer(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
