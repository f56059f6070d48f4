"""`python -m scout_workers`: the same doors where the command is not on the PATH."""

from scout_workers.cli import main

main()
