"""Killed, stopped, doubled or broken off: an import loses nothing and goes on."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import dramatiq
import psycopg
import pytest
from fix_import import MESSAGES, counted, fill
from fix_store import straight

from scout_workers.broker import PostgresBroker

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import CommandLine
    from fix_store import Database, Yard


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_the_middle_an_import_goes_on_where_it_was(
    cli: CommandLine, folder: Path, database: Database, blow: signal.Signals
) -> None:
    fill(folder, 600)
    process = cli.start("import", folder, "--camera", "yard")
    deadline = time.monotonic() + 30
    while database.value("SELECT count(*) FROM scout.captures") < 100:
        assert time.monotonic() < deadline
        assert process.poll() is None
    process.send_signal(blow)
    _, err = process.communicate(timeout=30)

    before = database.value("SELECT count(*) FROM scout.captures")
    assert 100 <= before < 600
    assert database.rows(MESSAGES) == []
    if blow is signal.SIGINT:
        assert process.returncode == 130
        assert "of 600 pictures. Run the same command again: it goes on." in err
        assert "Traceback" not in err

    shown = cli.run("import", folder, "--camera", "yard")

    assert shown.code == 0
    assert counted(shown.out, "imported") == 600 - before
    assert counted(shown.out, "already there") == before
    assert database.value("SELECT count(*) FROM scout.captures") == 600
    assert database.rows(MESSAGES) == []
    for bucket, key in database.rows("SELECT bucket, key FROM scout.captures"):
        assert (cli.data_dir / "blobs" / bucket / key).is_file()


def test_two_imports_of_the_same_folder_at_once_import_each_picture_once(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 300)

    both = [cli.start("import", folder, "--camera", "yard", "--json") for _ in range(2)]
    reports = []
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        reports.append(json.loads(out))

    assert sum(report["imported"] for report in reports) == 300
    assert database.value("SELECT count(*) FROM scout.captures") == 300
    assert database.rows(MESSAGES) == []


BREAK_AFTER_SEVENTY = """
    CREATE FUNCTION scout_broker.break_it() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT count(*) FROM scout_broker.message) >= 70 THEN
            RAISE {};
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER break_it BEFORE INSERT ON scout_broker.message
    FOR EACH ROW EXECUTE FUNCTION scout_broker.break_it();
"""


def test_a_capture_whose_message_cannot_be_sent_is_not_there_either(
    cli: CommandLine, folder: Path, database: Database
) -> None:
    fill(folder, 120)
    database.rows(BREAK_AFTER_SEVENTY.format("disk_full"))

    shown = cli.run("import", folder, "--camera", "yard")

    assert shown.code == 3
    assert "is full: make room there, then run this again." in shown.err
    assert database.value("SELECT count(*) FROM scout.captures") == 50
    assert database.rows(MESSAGES) == []

    database.rows("DROP TRIGGER break_it ON scout_broker.message")
    assert cli.run("import", folder, "--camera", "yard").code == 0
    assert database.value("SELECT count(*) FROM scout.captures") == 120


@straight
def test_control_sent_after_the_commit_a_message_is_lost(
    yard: Yard, database: Database, store_url: str
) -> None:
    """What the import would do if it committed captures first and sent messages then."""
    database.rows(BREAK_AFTER_SEVENTY.format("'broken'"))
    broker = PostgresBroker(store_url)
    broker.declare_queue("processing")

    def naive(number: int) -> None:
        capture_id = yard.capture(number)
        broker.enqueue(
            dramatiq.Message(
                queue_name="processing",
                actor_name="analyze_capture",
                args=(str(capture_id),),
                kwargs={},
                options={},
            )
        )

    for number in range(70):
        naive(number)
    with pytest.raises(psycopg.errors.RaiseException):
        naive(71)
    broker.close()

    assert len(database.rows(MESSAGES)) == 1
