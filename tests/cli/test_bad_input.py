"""Every kind of bad input ends in one clear sentence, an exit code, and no loss."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import CommandLine, Finished, MakeCommandLine

CANARY = "canary-s3cret"
NOBODY_LISTENS = f"postgresql://scout:{CANARY}@127.0.0.1:1/scout"


def sentence(finished: Finished, code: int) -> str:
    """Check that a command told of one error and nothing else, and return its sentence."""
    assert finished.code == code, finished.err
    assert finished.out == ""
    assert finished.err.startswith("Error: ")
    assert finished.err.count("\n") == 1
    assert "Traceback" not in finished.err
    assert CANARY not in finished.err
    return finished.err.removeprefix("Error: ").strip()


@pytest.fixture
def no_database(make_cli: MakeCommandLine) -> CommandLine:
    """A command that would fail if it asked its database: it must find out before."""
    return make_cli(NOBODY_LISTENS)


def test_a_folder_that_is_not_there(no_database: CommandLine, tmp_path: Path) -> None:
    said = sentence(no_database.run("import", tmp_path / "none", "--camera", "yard"), 2)

    assert said == f"There is no folder '{tmp_path}/none': check the path, it must exist already."


def test_a_file_where_a_folder_should_be(no_database: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(b"")
    said = sentence(no_database.run("import", tmp_path / "one.jpg", "--camera", "yard"), 2)

    assert "is a file, not a folder: name the folder the pictures are in" in said


def test_an_empty_folder_is_said_to_be_empty(no_database: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = sentence(no_database.run("import", tmp_path / "empty", "--camera", "yard"), 2)

    assert "(it is empty): name a folder that has .jpg" in said


def test_a_folder_without_pictures(no_database: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    said = sentence(no_database.run("import", tmp_path, "--camera", "yard"), 2)

    assert "There are no pictures in" in said
    assert "(only 1 other file)" in said


def test_a_camera_without_a_name(no_database: CommandLine, tmp_path: Path) -> None:
    finished = no_database.run("import", tmp_path, "--camera", "  ")

    assert finished.code == 2
    assert "a name has at least one letter" in finished.err


@pytest.mark.parametrize("arguments", [("migrate",), ("captures", "list")])
def test_a_server_that_does_not_answer(
    no_database: CommandLine, arguments: tuple[str, ...]
) -> None:
    said = sentence(no_database.run(*arguments), 3)

    assert said == (
        "No Postgres answers at 127.0.0.1:1: check host and port in DATABASE_URL, and that the "
        "server is running."
    )


def test_a_wrong_password_is_not_shown(make_cli: MakeCommandLine, postgres_url: str) -> None:
    parts = urlsplit(postgres_url)
    netloc = f"{parts.username}:{CANARY}@{parts.hostname}:{parts.port}"
    said = sentence(make_cli(parts._replace(netloc=netloc).geturl()).run("status"), 3)

    assert "correct user and password in DATABASE_URL" in said


def test_a_database_that_is_not_there(make_cli: MakeCommandLine, postgres_url: str) -> None:
    url = urlsplit(postgres_url)._replace(path="/nowhere").geturl()
    said = sentence(make_cli(url).run("status"), 3)

    assert "has no database 'nowhere': create it, or name another in DATABASE_URL" in said


def test_a_host_nobody_knows(make_cli: MakeCommandLine) -> None:
    url = f"postgresql://scout:{CANARY}@no-such-host.invalid/scout"

    assert "check its spelling in DATABASE_URL" in sentence(make_cli(url).run("status"), 3)


def test_the_variable_that_was_used_is_the_one_that_is_named(make_cli: MakeCommandLine) -> None:
    cli = make_cli(None).given(SCOUT_DATABASE_URL=NOBODY_LISTENS)

    assert "in SCOUT_DATABASE_URL" in sentence(cli.run("status"), 3)


@pytest.mark.parametrize(
    ("command", "rest"),
    [("status", "@[::1/scout"), ("doctor", "%zz@here/scout"), ("migrate", "@here/scout?frob=1")],
)
def test_a_malformed_url_is_not_repeated(
    make_cli: MakeCommandLine, rest: str, command: str
) -> None:
    said = sentence(make_cli(f"postgresql://scout:{CANARY}{rest}").run(command), 2)

    assert "DATABASE_URL is no address of a database: write it like postgresql://user:" in said


def test_a_url_of_something_else(make_cli: MakeCommandLine) -> None:
    said = sentence(make_cli(f"mysql://scout:{CANARY}@here/scout").run("status"), 2)

    assert said.startswith("DATABASE_URL: database_url: must begin with postgresql://")


def test_a_verbose_failure_shows_its_traceback_without_the_password(
    no_database: CommandLine,
) -> None:
    for finished in (
        no_database.run("status", "--verbose"),
        no_database.given(SCOUT_DEBUG="1").run("status"),
    ):
        assert finished.code == 3
        assert "Traceback (most recent call last)" in finished.err
        assert "Error: No Postgres answers at 127.0.0.1:1" in finished.err
        assert CANARY not in finished.err


def test_a_misspelt_variable_is_told_what_it_should_be(no_database: CommandLine) -> None:
    said = sentence(no_database.given(SCOUT_VECTOR_SEARHC="false").run("status"), 2)

    assert said == (
        "SCOUT_VECTOR_SEARHC: no setting has this variable; did you mean SCOUT_VECTOR_SEARCH?"
    )


def test_a_misspelt_environment_is_told_what_it_should_be(no_database: CommandLine) -> None:
    said = sentence(no_database.given(SCOUT_ENV="developmnt").run("status"), 2)

    assert "did you mean development?" in said


def test_a_database_without_tables(make_cli: MakeCommandLine, empty_database: str) -> None:
    cli = make_cli(empty_database)

    for arguments in (("status",), ("captures", "list"), ("analyses", "show", "00")):
        said = sentence(cli.run(*arguments), 3)
        assert "has not been brought up to date: run `scout-workers migrate`" in said


def test_a_server_without_pgvector(
    make_cli: MakeCommandLine,
    empty_database: str,
    tmp_path: Path,
    *,
    has_pgvector: bool,
) -> None:
    if has_pgvector:
        pytest.skip("this server has pgvector; the Debian one of CI's second run has not")
    cli = make_cli(empty_database).given(SCOUT_VECTOR_SEARCH="true")
    (tmp_path / "one.jpg").write_bytes(b"x")

    for arguments in (("migrate",), ("import", tmp_path, "--camera", "yard")):
        said = sentence(cli.run(*arguments), 3)
        assert "has no pgvector: install it there" in said
        assert "SCOUT_VECTOR_SEARCH=false" in said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("xyz", "'xyz' is no id and cannot begin one"),
        ("", "'' is no id and cannot begin one"),
        ("ffffffff", "There is no capture 'ffffffff': see `scout-workers captures list`"),
    ],
)
def test_an_id_that_is_none(cli: CommandLine, typed: str, words: str) -> None:
    assert words in sentence(cli.run("captures", "show", typed), 2)
