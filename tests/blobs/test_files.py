"""What only a folder can get wrong: its names, its links, its rights, its half-written files."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scout_workers.blobs.files import FileStore
from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 1000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "outer" / "blobs"


@pytest.fixture
def store(root: Path) -> FileStore:
    return FileStore(root)


def put(store: FileStore, ref: BlobRef, data: bytes = b"picture") -> None:
    store.write(ref, data, content_type="image/jpeg")


def class_of(call: Callable[[], object]) -> ErrorClass:
    with pytest.raises(BlobError) as caught:
        call()
    return caught.value.error_class


@pytest.mark.parametrize(
    ("bucket", "key"),
    [
        ("scout", "../escaped"),
        ("scout", "a/../../escaped"),
        ("scout", ".."),
        ("scout", "."),
        ("scout", "/etc/escaped"),
        ("scout", "a//b"),
        ("scout", "a/"),
        ("scout", "a/./b"),
        ("..", "escaped"),
        (".", "escaped"),
        ("/tmp", "escaped"),  # noqa: S108  an absolute bucket is the point
        ("a/b", "escaped"),
        (".incoming", "escaped"),
        ("", "escaped"),
        ("scout", "n" * 256),
        ("n" * 256, "a"),
    ],
)
def test_a_key_that_would_leave_the_root_is_refused(
    store: FileStore, root: Path, bucket: str, key: str
) -> None:
    ref = BlobRef(bucket, key)
    assert class_of(lambda: put(store, ref)) is ErrorClass.BAD_REQUEST
    assert class_of(lambda: store.read(ref, limit=LIMIT)) is ErrorClass.BAD_REQUEST
    assert class_of(lambda: store.exists(ref)) is ErrorClass.BAD_REQUEST
    assert class_of(lambda: store.delete(ref)) is ErrorClass.BAD_REQUEST
    assert [path.name for path in root.parent.rglob("*")] == ["blobs", ".incoming"]


names = st.one_of(
    st.sampled_from(["..", ".", "", "/", "\0", "a", "~", ".incoming", "\\..", "blobs", "\n"]),
    st.text(max_size=8),
)


@given(bucket=names, parts=st.lists(names, min_size=1, max_size=4))
def test_no_key_whatsoever_writes_outside_the_root(
    tmp_path_factory: pytest.TempPathFactory, bucket: str, parts: list[str]
) -> None:
    outer = tmp_path_factory.mktemp("outer")
    store = FileStore(outer / "blobs")
    with suppress(BlobError):
        put(store, BlobRef(bucket, "/".join(parts)))
        assert store.read(BlobRef(bucket, "/".join(parts)), limit=LIMIT) == b"picture"
    assert [path.name for path in outer.iterdir()] == ["blobs"]
    assert not list((outer / "blobs" / ".incoming").iterdir())


def test_a_linked_folder_leads_nowhere(store: FileStore, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    put(store, store.ref("a/b"))
    (root / "scout" / "link").symlink_to(outside, target_is_directory=True)
    (root / "bucket").symlink_to(outside, target_is_directory=True)
    for ref in (store.ref("link/secret"), BlobRef("bucket", "secret")):
        assert class_of(partial(store.read, ref, limit=LIMIT)) is ErrorClass.BAD_REQUEST
        assert class_of(partial(put, store, ref)) is ErrorClass.BAD_REQUEST
        assert class_of(partial(store.delete, ref)) is ErrorClass.BAD_REQUEST
    assert (outside / "secret").read_bytes() == b"secret"


def test_a_linked_file_is_not_read_and_a_write_replaces_the_link_alone(
    store: FileStore, root: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    put(store, store.ref("a"))
    (root / "scout" / "link").symlink_to(secret)
    ref = store.ref("link")
    assert class_of(lambda: store.read(ref, limit=LIMIT)) is ErrorClass.BAD_REQUEST
    assert not store.exists(ref)
    put(store, ref)
    assert secret.read_bytes() == b"secret"
    assert store.read(ref, limit=LIMIT) == b"picture"


def test_a_linked_root_is_the_operators_choice(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "blobs").symlink_to(tmp_path / "disk", target_is_directory=True)
    store = FileStore(tmp_path / "blobs")
    put(store, store.ref("a"))
    assert (tmp_path / "disk" / "scout" / "a").read_bytes() == b"picture"


def test_a_fifo_or_a_socket_by_that_name_blocks_nobody(
    store: FileStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, store.ref("a"))
    os.mkfifo(root / "scout" / "fifo")
    monkeypatch.chdir(root / "scout")  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket")
        for name in ("fifo", "socket"):
            ref = store.ref(name)
            assert class_of(partial(store.read, ref, limit=LIMIT)) is ErrorClass.BAD_REQUEST
            assert not store.exists(ref)


def test_a_blob_where_a_folder_is_needed_and_the_reverse_are_refused(store: FileStore) -> None:
    put(store, store.ref("a/b"))
    assert class_of(lambda: put(store, store.ref("a"))) is ErrorClass.BAD_REQUEST
    assert class_of(lambda: put(store, store.ref("a/b/c"))) is ErrorClass.BAD_REQUEST
    assert class_of(lambda: store.read(store.ref("a"), limit=LIMIT)) is ErrorClass.BAD_REQUEST
    assert not store.exists(store.ref("a"))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files by /proc")
def test_no_file_stays_open_however_a_call_ends(store: FileStore, root: Path) -> None:
    put(store, store.ref("a/b"))
    put(store, store.ref("empty"), b"")
    (root / "scout" / "link").symlink_to(root)
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    for key in ("a/b", "a", "empty", "link", "link/x", "none", "none/x", "a/b/c"):
        for call in (
            partial(store.read, store.ref(key), limit=3),
            partial(store.exists, store.ref(key)),
            partial(put, store, store.ref(f"{key}/below")),
            partial(store.delete, store.ref(key)),
        ):
            with suppress(BlobError):
                call()
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def test_only_the_owner_may_look(store: FileStore, root: Path) -> None:
    put(store, store.ref("yard/1.jpg"))
    for path in (root, *root.rglob("*")):
        assert not path.stat().st_mode & 0o077, path


def test_a_root_that_is_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("not a folder")
    with pytest.raises(BlobError, match="file where the folder should be") as caught:
        FileStore(tmp_path / "blobs")
    assert caught.value.error_class is ErrorClass.BAD_REQUEST


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="needs a folder that root cannot write")
def test_a_root_that_nobody_can_write_is_the_operators_to_mend() -> None:
    with pytest.raises(BlobError, match="/sys/scout") as caught:
        FileStore(Path("/sys/scout/blobs"))
    assert caught.value.error_class is ErrorClass.AUTH


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_tried_again_and_the_old_blob_stays(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = store.ref("yard/1.jpg")
    put(store, ref, b"old")
    really_open = os.open

    def on_a_full_disk(path: str, flags: int, *rest: int, **options: int) -> int:
        if flags & os.O_CREAT:
            os.close(really_open(path, flags, *rest, **options))
            return really_open("/dev/full", os.O_WRONLY)
        return really_open(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", on_a_full_disk)
    with pytest.raises(BlobError, match=r"No space left.*free some room") as caught:
        put(store, ref, b"new")
    assert caught.value.error_class is ErrorClass.SERVER_ERROR
    assert store.read(ref, limit=LIMIT) == b"old"


def test_a_lost_mount_is_tried_again_and_settles_no_capture_as_missing(
    store: FileStore, root: Path
) -> None:
    ref = store.ref("yard/1.jpg")
    put(store, ref)
    root.rename(root.with_name("unmounted"))
    assert class_of(lambda: store.read(ref, limit=LIMIT)) is ErrorClass.SERVER_ERROR
    root.mkdir()  # the empty mount point
    assert class_of(lambda: store.read(ref, limit=LIMIT)) is ErrorClass.SERVER_ERROR
    assert class_of(lambda: store.exists(ref)) is ErrorClass.SERVER_ERROR


def test_the_round_trip_for_doctor_leaves_no_file(store: FileStore, root: Path) -> None:
    store.check()
    assert not [path for path in root.rglob("*") if path.is_file()]


def test_the_round_trip_for_doctor_names_what_is_wrong(store: FileStore, root: Path) -> None:
    (root / "scout").write_text("a file where the bucket should be")
    with pytest.raises(BlobError, match=f"{root}.*is a file, not a folder"):
        store.check()
