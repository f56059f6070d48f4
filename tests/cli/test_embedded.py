"""With no DATABASE_URL: every command brings its own Postgres, and leaves nothing running."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fix_import import fill

from scout_workers import embedded

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import MakeCommandLine


def test_a_newcomer_imports_looks_and_leaves_nothing_running(
    make_cli: MakeCommandLine, folder: Path
) -> None:
    cli = make_cli(None).given(SCOUT_VECTOR_SEARCH="true")
    fill(folder, 5)

    first = cli.run("import", folder, "--camera", "yard")
    listed = cli.run("captures", "list", "--json")
    doctor = cli.run("doctor")

    assert first.code == 0, first.err
    assert "making the embedded database" in first.err
    assert len(json.loads(listed.out)) == 5
    assert listed.err == ""
    assert doctor.code == 0, doctor.out
    assert "the embedded one in" in doctor.out
    assert embedded.status(cli.data_dir).state == "stopped"


def test_a_data_folder_that_cannot_be_used_is_one_sentence(
    make_cli: MakeCommandLine, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    cli = make_cli(None).given(SCOUT_DATA_DIR=str(tmp_path / "file" / "data"))

    shown = cli.run("status")

    assert shown.code == 3
    assert shown.err.startswith("Error: ")
    assert str(tmp_path / "file") in shown.err
    assert "Traceback" not in shown.err
