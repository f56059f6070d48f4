"""Captures sent three times to workers that are killed: what is promised of them, on a few."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.three_deliveries.account import Account

ROOT = Path(__file__).parents[2]
TWO = json.dumps({"observations": [{}, {}]})


@pytest.mark.heavy
def test_whoever_is_killed_each_capture_is_done_once_and_a_second_payment_has_its_doubt() -> None:
    few = ["--captures", "24", "--kills", "2", "--stops", "1", "--latency", "0.2-1"]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.three_deliveries", *few],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "24 of 24" in run.stdout


def test_control_what_is_paid_or_written_twice_without_a_doubt_is_found() -> None:
    account = Account()
    account.count("fine", 1, (1, 1, 2, 1, 1, 0), TWO)
    account.count("in doubt once, paid twice", 2, (1, 1, 2, 1, 1, 1), TWO)
    assert (account.completed, account.unexplained, account.wrong_observations) == (2, [], [])
    account.count("paid twice", 2, (1, 1, 2, 1, 1, 0), TWO)
    account.count("written twice", 1, (1, 1, 4, 1, 1, 0), TWO)
    account.count("never done", 0, (1, 0, 0, 0, 0, 0), None)
    account.count("told twice", 1, (1, 1, 2, 2, 1, 0), TWO)
    assert account.completed == 4
    assert account.unexplained == ["paid twice: 2 times, 0 in doubt"]
    assert account.wrong_observations == ["written twice", "never done"]
