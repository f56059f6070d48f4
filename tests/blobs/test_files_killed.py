"""A writer killed in the middle: the old blob or none is there, never half of the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from scout_workers.blobs.files import FileStore
from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.errors import ErrorClass

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE = 256 * 1024 * 1024

STORE_WRITES = """
import sys
from pathlib import Path
from scout_workers.blobs.files import FileStore
store = FileStore(Path(sys.argv[1]))
store.write(store.ref("yard/1.jpg"), b"n" * int(sys.argv[2]), content_type="image/jpeg")
"""

NAIVE_WRITES = """
import sys
from pathlib import Path
path = Path(sys.argv[1]) / "scout" / "yard" / "1.jpg"
path.write_bytes(b"n" * int(sys.argv[2]))
"""


def half_written(folder: Path) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and 1000 < path.stat().st_size < SIZE
    ]


def kill_in_the_middle(script: str, root: Path, kill_when: Callable[[], object]) -> None:
    command = [sys.executable, "-c", script, str(root), str(SIZE)]
    with subprocess.Popen(command) as writer:
        give_up = time.monotonic() + 30
        while not kill_when():
            assert writer.poll() is None, "the writer was done before it could be killed"
            assert time.monotonic() < give_up
        writer.send_signal(signal.SIGKILL)
        assert writer.wait(10) == -signal.SIGKILL


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


def test_the_old_blob_survives_a_writer_killed_in_the_middle(
    store: FileStore, tmp_path: Path
) -> None:
    ref = store.ref("yard/1.jpg")
    store.write(ref, b"old", content_type="image/jpeg")
    kill_in_the_middle(STORE_WRITES, tmp_path, lambda: half_written(tmp_path))
    assert half_written(tmp_path), "the kill came too late to prove anything"
    assert store.read(ref, limit=SIZE) == b"old"


def test_nothing_is_there_after_the_first_writer_was_killed_in_the_middle(
    store: FileStore, tmp_path: Path
) -> None:
    ref = store.ref("yard/1.jpg")
    kill_in_the_middle(STORE_WRITES, tmp_path, lambda: half_written(tmp_path))
    assert half_written(tmp_path), "the kill came too late to prove anything"
    assert not store.exists(ref)
    with pytest.raises(BlobError) as caught:
        store.read(ref, limit=SIZE)
    assert caught.value.error_class is ErrorClass.IMAGE_MISSING


def test_control_a_plain_write_killed_in_the_middle_leaves_half_a_blob(
    store: FileStore, tmp_path: Path
) -> None:
    ref = store.ref("yard/1.jpg")
    store.write(ref, b"old", content_type="image/jpeg")
    kill_in_the_middle(NAIVE_WRITES, tmp_path, lambda: half_written(tmp_path))
    half = store.read(ref, limit=SIZE)
    assert set(half) == {ord("n")}
    assert len(half) < SIZE


@pytest.mark.usefixtures("store")
def test_what_a_killed_writer_left_is_cleared_away_after_an_hour(tmp_path: Path) -> None:
    kill_in_the_middle(STORE_WRITES, tmp_path, lambda: half_written(tmp_path))
    [left] = half_written(tmp_path)
    FileStore(tmp_path)
    assert left.exists(), "it may be another process's, still writing"
    an_hour_ago = time.time() - 3601
    os.utime(left, (an_hour_ago, an_hour_ago))
    FileStore(tmp_path)
    assert not left.exists()


def test_a_reader_beside_a_writer_sees_the_one_or_the_other_whole(store: FileStore) -> None:
    ref = store.ref("yard/1.jpg")
    versions = [b"a" * 300_000, b"b" * 200_000]
    store.write(ref, versions[0], content_type="image/jpeg")
    done = threading.Event()

    def keep_writing() -> None:
        try:
            for number in range(100):
                store.write(ref, versions[number % 2], content_type="image/jpeg")
        finally:
            done.set()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(store.read(ref, limit=SIZE))
    writer.join(10)
    assert seen == set(versions)
