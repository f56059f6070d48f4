"""The house's own rules, over every file of the repository that git knows or will know."""

from __future__ import annotations

import os
import subprocess
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path

import house_rules as rules
import pytest

import scout_workers

ROOT = Path(__file__).parents[1]
THIS = {"tests/house_rules.py", "tests/test_house.py"}  # they hold the samples of what is wrong


def _files(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [
        name
        for name in listed
        if any(fnmatch(name, pattern) for pattern in patterns) and (ROOT / name).is_file()
    ]


SOURCES = _files("scout_workers/*.py")
TESTS = [name for name in _files("tests/*.py") if name not in THIS]
PROGRAMS = [*_files("scripts/*"), ".ci/run"]


def _broken(rule: rules.Rule, names: list[str]) -> list[str]:
    assert names, "there is nothing to look at: the rule would hold by accident"
    return [
        f"{name}: {finding}"
        for name in names
        for finding in rule((ROOT / name).read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(
    ("rule", "sample"),
    [
        (rules.too_long, "x = 1\n" * 251),
        (rules.foreign_words, "def run_job(): ..."),
        (rules.foreign_words, "class TaskRunner: ..."),
        (rules.foreign_words, "def run(self, next_task): ..."),
        (rules.foreign_words, "self._jobs = []"),
        (rules.unnamed_threads, "threading.Thread(target=f)"),
        (rules.unnamed_threads, "ThreadPoolExecutor(3)"),
        (rules.sleeps, "time.sleep(1)"),
        (rules.swallowed_errors, "try:\n  f()\nexcept Exception:\n  pass"),
        (rules.swallowed_errors, "try:\n  f()\nexcept (KeyError, BaseException):\n  ..."),
        (rules.swallowed_errors, "for x in y:\n  try:\n    f()\n  except:\n    continue"),
        (rules.swallowed_errors, "with suppress(Exception):\n  f()"),
        (rules.unexplained_silences, "x = 1  # noqa: E501"),
        (rules.unexplained_silences, "x = 1  # noqa"),
        (rules.unexplained_silences, "x = y()  # type: ignore[misc]"),
        (rules.leftovers, "# TO" + "DO: later"),
        (rules.test_names_that_are_no_sentence, "def test_pool(): ..."),
        (rules.mocks, "from unittest.mock import patch"),
        (rules.mocks, "monkeypatch.setattr('scout_workers.store.x', 1)"),
        (rules.mocks, "monkeypatch.setattr(scout_workers.store, 'x', 1)"),
        (rules.session_state, "-- why\nLISTEN messages"),
        (rules.session_state, "SELECT pg_notify('a', 'b')"),
        (rules.session_state, "SELECT pg_try_advisory_lock(1)"),
        (rules.session_state, "SET search_path = scout"),
        (rules.session_state, "SELECT set_config('a.b', 'c', false)"),
        (rules.session_state, "CREATE TEMP TABLE a (b int)"),
        (rules.no_reason_on_top, "SELECT 1"),
        (rules.no_reason_on_top, "--\nSELECT 1"),
    ],
)
def test_each_rule_catches_what_it_is_for(rule: rules.Rule, sample: str) -> None:
    assert rule(sample)


@pytest.mark.parametrize(
    ("rule", "sample"),
    [
        (rules.foreign_words, "# a job in a comment\nmultitasking = 'task'"),
        (rules.unnamed_threads, "Thread(target=f, name='scout-claimer')"),
        (rules.foreign_words, "queue.task_done()"),
        (rules.foreign_words, "self._bar: TaskID = progress.add_task()"),
        (rules.mocks, "monkeypatch.setattr(sys, 'argv', [])"),
        (rules.swallowed_errors, "try:\n  f()\nexcept KeyError:\n  pass"),
        (rules.swallowed_errors, "try:\n  f()\nexcept Exception:\n  log.exception('f')"),
        (rules.unexplained_silences, "x = 1  # noqa: SLF001 - the documented way"),
        (rules.session_state, "SELECT pg_advisory_xact_lock(1)"),
        (rules.session_state, "SET LOCAL statement_timeout = 1"),
        (rules.session_state, "UPDATE a SET b = 1"),
    ],
)
def test_each_rule_lets_pass_what_is_right(rule: rules.Rule, sample: str) -> None:
    assert rule(sample) == []


def test_no_source_file_is_longer_than_a_person_can_hold() -> None:
    assert _broken(rules.too_long, [*SOURCES, *PROGRAMS, *_files("scout_workers/*.sql")]) == []


def test_our_words_are_those_of_the_glossary() -> None:
    assert _broken(rules.foreign_words, SOURCES) == []


def test_every_thread_has_a_name() -> None:
    assert _broken(rules.unnamed_threads, SOURCES) == []


def test_no_test_sleeps() -> None:
    # A fixture's bounded poll has to pause; a test has to wait by such a fixture.
    tests = [name for name in TESTS if Path(name).name.startswith("test_")]
    assert _broken(rules.sleeps, tests) == []


def test_no_error_is_swallowed() -> None:
    assert _broken(rules.swallowed_errors, [*SOURCES, *TESTS]) == []


def test_every_silenced_check_says_why() -> None:
    assert _broken(rules.unexplained_silences, [*SOURCES, *TESTS]) == []


def test_nothing_unfinished_is_left_lying() -> None:
    assert _broken(rules.leftovers, [*SOURCES, *TESTS, *PROGRAMS]) == []


def test_the_names_of_tests_are_sentences() -> None:
    assert _broken(rules.test_names_that_are_no_sentence, TESTS) == []


def test_no_test_stands_in_for_our_own_code() -> None:
    assert _broken(rules.mocks, TESTS) == []


def test_no_file_names_a_place_on_this_machine() -> None:
    places = [str(ROOT) + "/", str(Path.home()) + "/"]
    if len(ROOT.parent.parts) > 1 and ROOT.parent.name not in {"tmp", "home", "src"}:
        places.append(str(ROOT.parent) + "/")
    found = [
        f"{name}: {place}"
        for name in _files("*")
        for place in places
        if place.encode() in (ROOT / name).read_bytes()
    ]
    assert found == []


@pytest.mark.parametrize("name", [name for name in PROGRAMS if not name.endswith((".py", ".toml"))])
def test_every_program_can_be_run_and_says_what_it_does(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    assert os.access(ROOT / name, os.X_OK)
    assert lines[0].startswith("#!")
    assert lines[1].startswith("# ")


def test_the_wheel_carries_every_file_that_the_source_reads() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    carried = {
        package.replace(".", "/"): [pattern.strip() for pattern in patterns.split(",")]
        for package, patterns in config["options.package_data"].items()
    }
    packages = {Path(name).parent.as_posix() for name in _files("scout_workers/*__init__.py")}
    left_behind = []
    for name in _files("scout_workers/*"):
        if name.endswith(".py"):
            if Path(name).parent.as_posix() not in packages:
                left_behind.append(f"{name}: its folder has no __init__.py")
            continue
        package = next(p.as_posix() for p in Path(name).parents if p.as_posix() in packages)
        inside = Path(name).relative_to(package).as_posix()
        if not any(fnmatch(inside, pattern) for pattern in carried.get(package, [])):
            left_behind.append(f"{name}: not in [options.package_data] of setup.cfg")
    assert left_behind == []


def test_no_platform_of_somebody_runs_our_checks() -> None:
    assert _files(".github/*", ".gitlab-ci.yml") == []


def test_the_changelog_knows_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert "## [Unreleased]" in changelog or f"## [{scout_workers.__version__}]" in changelog
