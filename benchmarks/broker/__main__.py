"""Our broker beside the others, side by side and in turns; see scripts/bench."""

from __future__ import annotations

import sys

from .commands import main

if __name__ == "__main__":
    sys.exit(main())
