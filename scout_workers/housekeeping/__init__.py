"""Looking after what was left behind, and what grew old: in small batches, beside the work.

    sweeping    what a crash left between two steps is sent for again
    purging     what is older than the settings keep goes

Both are safe to run at once, any number of times, and go on the next time where they stopped.
"""

from __future__ import annotations

from scout_workers.housekeeping.purging import Purge, Retention
from scout_workers.housekeeping.sweeping import Sweep

__all__ = ["Purge", "Retention", "Sweep"]
