"""Sending by the clock: any number of schedulers, each time once.

    scheduler = Scheduler(store)
    scheduler.run_once()             what is due is sent; returns the seconds until the next look
    scheduler.tick(moment)           the same at a moment of the caller's

A worker's thread, `scout-workers cron` and a system's crontab all call this and nothing else.
"""

from __future__ import annotations

from scout_workers.scheduling.loop import Loop
from scout_workers.scheduling.operating import pause, resume, run_now
from scout_workers.scheduling.scheduler import Scheduler, Tick
from scout_workers.scheduling.synchronising import synchronise

__all__ = ["Loop", "Scheduler", "Tick", "pause", "resume", "run_now", "synchronise"]
