from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import psycopg
import pytest

from scout_workers import embedded

if TYPE_CHECKING:
    from pathlib import Path

    from fix_embedded import Hold

    from scout_workers.embedded import Server

HASTE = {"fsync": "off"}


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_a_server_is_started_with_its_own_database_in_utf8_and_utc(running: Server) -> None:
    with psycopg.connect(running.url) as connection:
        assert connection.info.dbname == "scout"
        assert connection.info.server_version >= 180000
    assert one(running.url, "SELECT lower('ÄÖ') || upper('é')") == "äöÉ"
    assert one(running.url, "SHOW server_encoding") == "UTF8"
    assert one(running.url, "SHOW timezone") == "UTC"
    assert one(running.url, "SHOW fsync") == "on"
    assert one(running.url, "SHOW synchronous_commit") == "on"


def test_pgvector_is_there_and_answers_a_nearest_neighbour_query(running: Server) -> None:
    with psycopg.connect(running.url) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute("CREATE TABLE item (id int, place vector(2))")
        connection.execute("INSERT INTO item VALUES (1, '[0,0]'), (2, '[5,5]'), (3, '[9,9]')")
        connection.execute("CREATE INDEX ON item USING hnsw (place vector_l2_ops)")
        row = connection.execute("SELECT id FROM item ORDER BY place <-> '[6,6]' LIMIT 1")
        assert row.fetchone() == (2,)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_enters_without_the_password(running: Server, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(running.url, password=password)


def test_nobody_enters_from_another_place_than_loopback(running: Server) -> None:
    assert one(running.url, "SELECT array_agg(address) FROM pg_hba_file_rules") == ["127.0.0.1"]
    assert one(running.url, "SHOW unix_socket_directories") == ""
    assert one(running.url, "SHOW listen_addresses") == "127.0.0.1"


def test_the_password_is_in_a_private_file_and_in_no_repr(running: Server) -> None:
    file = running.describe().cluster.parent / "password"
    password = file.read_text().strip()
    assert password in running.url
    assert file.stat().st_mode & 0o777 == 0o600
    assert password not in repr(running)
    assert password not in str(running.describe())


def test_the_server_log_quotes_no_row_and_no_statement(made: Path) -> None:
    with (
        embedded.acquire(made, options=HASTE) as server,
        psycopg.connect(server.url, autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE mark (word text PRIMARY KEY CHECK (word <> ''))")
        connection.execute("INSERT INTO mark VALUES ('canary')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO mark VALUES ('canary')")
    log = "".join(path.read_text() for path in server.describe().log.glob("*.log"))
    assert "duplicate key value" in log
    assert "canary" not in log


def test_a_second_hold_keeps_the_server_running_when_the_first_leaves(made: Path) -> None:
    first = embedded.acquire(made, options=HASTE)
    second = embedded.acquire(made)
    assert first.url == second.url
    first.release()
    assert one(second.url, "SELECT 1") == 1
    second.release()
    assert embedded.status(made).state == "stopped"


def test_a_released_hold_may_be_released_again(made: Path) -> None:
    with embedded.acquire(made, options=HASTE) as outer:
        with embedded.acquire(made) as inner:
            inner.release()
        assert one(outer.url, "SELECT 1") == 1


def test_what_was_written_is_there_after_a_restart_at_the_same_url(data_dir: Path) -> None:
    sentences: list[str] = []
    with embedded.acquire(data_dir, options=HASTE, announce=sentences.append) as server:
        before = server.url
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    with embedded.acquire(data_dir, options=HASTE, announce=sentences.append) as server:
        assert server.url == before
        assert one(server.url, "SELECT n FROM kept") == 42
    assert len(sentences) == 1
    assert "once" in sentences[0]


def test_another_port_is_taken_if_somebody_took_the_remembered_one(made: Path) -> None:
    with embedded.acquire(made, options=HASTE) as server:
        port = server.describe().port
    with (
        socket.create_server(("127.0.0.1", port or 0)),
        embedded.acquire(made, options=HASTE) as server,
    ):
        assert server.describe().port != port
        assert one(server.url, "SELECT 1") == 1


def test_a_port_lost_between_choosing_and_starting_is_chosen_again(
    made: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        choices = iter([taken.getsockname()[1]])
        choose = embedded.starting._choose_port
        monkeypatch.setattr(
            embedded.starting,
            "_choose_port",
            lambda where: next(choices, None) or choose(where),
        )
        with embedded.acquire(made, options=HASTE) as server:
            assert one(server.url, "SELECT 1") == 1


@pytest.mark.parametrize(
    "name",
    ["with space", 'it\'s $HOME "quoted" `id`; #', "Kühe-日本", "long" * 40],
)
def test_a_folder_may_have_an_awkward_name(data_dir: Path, name: str) -> None:
    with embedded.acquire(data_dir / "data" / name, options=HASTE) as server:
        assert one(server.url, "SELECT 1") == 1


def test_looking_at_the_status_makes_and_starts_nothing(data_dir: Path) -> None:
    assert embedded.status(data_dir).state == "absent"
    assert list(data_dir.iterdir()) == []
    with embedded.acquire(data_dir, options=HASTE) as server:
        assert embedded.status(data_dir) == server.describe()
        assert server.describe().state == "running"
        assert server.describe().major == 18
    stopped = embedded.status(data_dir)
    assert (stopped.state, stopped.pid, stopped.port) == ("stopped", None, None)
    assert stopped.cluster.is_relative_to(data_dir)


def test_settings_of_ones_own_in_local_conf_have_the_last_word(made: Path) -> None:
    with embedded.acquire(made, options=HASTE) as server:
        cluster = server.describe().cluster
        assert one(server.url, "SHOW work_mem") == "4MB"
    (cluster / "local.conf").write_text("work_mem = '7MB'\n")
    (cluster / "local.conf").chmod(0o644)
    with embedded.acquire(made, options=HASTE) as server:
        assert one(server.url, "SHOW work_mem") == "7MB"
    (cluster / "local.conf").unlink()


def test_a_program_that_forgets_to_release_leaves_no_server(made: Path, hold: Hold) -> None:
    holder = hold(made)
    assert holder.answer()["pid"] == embedded.status(made).pid
    holder.leave()
    assert holder.process.returncode == 0
    assert embedded.status(made).state == "stopped"
