from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from fix_embedded import needs_root

from scout_workers import embedded
from scout_workers.embedded import folders, identity, installation, processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_embedded import Hold

pytestmark = needs_root

HASTE = {"fsync": "off"}
NOBODY = 65534


@pytest.fixture
def shared() -> Iterator[Path]:
    """Stands for /var/lib/scout-workers."""
    folder = Path(tempfile.mkdtemp(prefix="scout-shared-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def closed(data_dir: Path) -> Path:
    """A folder that only root may enter, as /root is."""
    (data_dir / "data").mkdir(mode=0o700)
    return data_dir / "data"


@pytest.fixture
def programs(shared: Path) -> Path:
    """The Postgres programs where everybody can run them, wherever our own environment lies."""
    original = installation.find_all()[-1]
    nobody = identity.Identity("nobody", NOBODY, NOBODY)
    return embedded.copies.within_reach(original, nobody, shared).root


def owner(path: Path) -> int:
    return path.stat().st_uid


def modes(folder: Path) -> list[int]:
    return [each.stat().st_mode for each in (folder, *folder.parents)]


def works(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_root_runs_the_server_as_an_unprivileged_user(data_dir: Path) -> None:
    with embedded.acquire(data_dir, options=HASTE) as server:
        status = server.describe()
        expected = identity.choose(data_dir / "none").uid
        assert expected != 0
        assert Path(f"/proc/{status.pid}").stat().st_uid == expected
        assert owner(status.cluster) == expected
        assert {owner(path) for path in status.cluster.rglob("*")} == {expected}
        assert owner(data_dir / "postgres" / "password") == 0
        groups = Path(f"/proc/{status.pid}/status").read_text()
        assert "Groups:\t\n" in groups or "Groups:\t \n" in groups


def test_a_folder_that_only_root_may_enter_keeps_its_mode_and_the_data_go_elsewhere(
    closed: Path,
    shared: Path,
) -> None:
    before = modes(closed)
    with embedded.acquire(closed, options=HASTE, shared=shared) as server:
        assert server.describe().cluster.is_relative_to(shared)
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    with (
        embedded.acquire(closed, options=HASTE, shared=shared) as server,
        psycopg.connect(server.url) as connection,
    ):
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)
    assert modes(closed) == before


def test_a_umask_that_closes_everything_does_not_close_out_the_server(
    data_dir: Path,
    shared: Path,
) -> None:
    before = os.umask(0o077)
    try:
        embedded.acquire(data_dir / "open", options=HASTE, shared=shared / "new").release()
        (data_dir / "closed").mkdir()
        elsewhere = embedded.acquire(data_dir / "closed", options=HASTE, shared=shared / "new")
        assert elsewhere.describe().cluster.is_relative_to(shared / "new")
        elsewhere.release()
    finally:
        os.umask(before)


def test_who_deletes_the_folder_gets_an_empty_database_and_not_the_old_one(
    closed: Path,
    shared: Path,
) -> None:
    with (
        embedded.acquire(closed, options=HASTE, shared=shared) as server,
        psycopg.connect(server.url) as connection,
    ):
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    shutil.rmtree(closed / "postgres")
    with (
        embedded.acquire(closed, options=HASTE, shared=shared) as server,
        psycopg.connect(server.url) as connection,
        pytest.raises(psycopg.errors.UndefinedTable),
    ):
        connection.execute("SELECT n FROM kept")


def test_a_making_elsewhere_that_was_killed_is_resumed_in_the_same_place(
    closed: Path,
    shared: Path,
) -> None:
    where = folders.make(closed)
    place = where.remember_cluster(folders.outside(where.home, shared)).cluster
    (place.parent / "cluster.new.0badcafe").mkdir(parents=True)
    with embedded.acquire(closed, options=HASTE, shared=shared) as server:
        assert server.describe().cluster == place
    assert sorted(path.name for path in place.parent.iterdir()) == ["cluster", "origin"]
    assert (place.parent / "origin").read_text() == f"{where.home}\n"


def test_a_shared_folder_that_is_closed_too_is_named(closed: Path) -> None:
    with pytest.raises(embedded.FolderNotWritableError, match="mode 711"):
        embedded.acquire(closed, options=HASTE, shared=closed / "shared")


def test_programs_that_only_root_can_reach_are_copied_once_for_all(
    data_dir: Path,
    shared: Path,
    programs: Path,
    hold: Hold,
) -> None:
    package = data_dir / "closed" / programs.parent.name
    (data_dir / "closed").mkdir(mode=0o700)
    shutil.copytree(programs.parent, package)
    libraries = programs.parent.with_name(f"{programs.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, data_dir / "closed" / libraries.name)
    shutil.rmtree(shared)
    shared.mkdir(mode=0o755)

    arguments = ["--programs", str(package / programs.name), "--shared", str(shared)]
    holders = [hold(data_dir / name, *arguments) for name in ("one", "two")]
    assert all(works(holder.answer()["url"]) for holder in holders)

    copies = list(shared.iterdir())
    assert len(copies) == 1
    assert (data_dir / "closed").stat().st_mode & 0o777 == 0o700
    with embedded.acquire(data_dir / "one") as server:
        command = processes.command_of(server.describe().pid or 0)
        assert str(copies[0]) in str(command)
    for holder in holders:
        holder.leave()
        assert holder.process.returncode == 0


def test_an_ordinary_user_has_everything_in_their_own_folder(
    data_dir: Path,
    shared: Path,
    programs: Path,
    hold: Hold,
) -> None:
    mine = data_dir / "mine"
    mine.mkdir(mode=0o700)
    os.chown(mine, NOBODY, NOBODY)
    arguments = ["--uid", str(NOBODY), "--programs", str(programs), "--shared", str(shared)]
    before = sorted(shared.iterdir())
    holder = hold(mine, *arguments)
    answer = holder.answer()
    assert works(answer["url"])
    assert owner(Path(f"/proc/{answer['pid']}")) == NOBODY
    assert {owner(path) for path in mine.rglob("*")} == {NOBODY}
    assert (mine / "postgres").stat().st_mode & 0o777 == 0o700
    assert sorted(shared.iterdir()) == before
    holder.ask("release")
    assert embedded.status(mine).state == "stopped"


def test_root_and_the_owner_of_a_cluster_can_take_turns(
    data_dir: Path,
    shared: Path,
    programs: Path,
    hold: Hold,
) -> None:
    mine = data_dir / "mine"
    mine.mkdir(mode=0o700)
    os.chown(mine, NOBODY, NOBODY)
    arguments = ["--uid", str(NOBODY), "--programs", str(programs), "--shared", str(shared)]

    def as_owner() -> None:
        holder = hold(mine, *arguments)
        assert works(holder.answer()["url"])
        holder.leave()

    as_owner()
    with embedded.acquire(mine, options=HASTE, shared=shared) as server:
        assert works(server.url)
        assert owner(Path(f"/proc/{server.describe().pid}")) == NOBODY
    as_owner()
    assert {owner(path) for path in mine.rglob("*")} == {NOBODY}


def test_a_link_put_into_the_servers_folder_does_not_lead_roots_writes_astray(
    data_dir: Path,
) -> None:
    embedded.acquire(data_dir, options=HASTE).release()
    precious = data_dir / "precious"
    precious.write_text("mine")
    cluster = folders.look(data_dir).cluster
    for name in ("pg_hba.conf", "port", "port.new", "scout_workers.conf.new"):
        (cluster / name).unlink(missing_ok=True)
        (cluster / name).symlink_to(precious)
    embedded.acquire(data_dir, options=HASTE).release()
    assert precious.read_text() == "mine"
    assert owner(precious) == 0
