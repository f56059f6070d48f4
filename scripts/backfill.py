#!/usr/bin/env python3
# Has history analysed in the background: the same as `scout-workers backfill`, from this checkout.
# Usage: scripts/backfill.py plan|run|status|list|pause|resume|cancel [OPTIONS]
"""A thin door: makes the virtual environment if it is missing, and becomes the real command."""

import os
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[1]
subprocess.run([root / "scripts" / "venv"], check=True)  # noqa: S603 - our own script
python = root / ".venv" / "bin" / "python"
os.execv(python, [python, "-m", "scout_workers", "backfill", *sys.argv[1:]])  # noqa: S606 - to become it
