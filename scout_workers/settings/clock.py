"""What runs by the clock (schedule.toml), and how the clock is looked at (`[cron]`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator

from .sections import Count, Section

ScheduleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class ScheduleEntry(Section):
    """One table of schedule.toml: an actor of the queue `scheduled`, and when it is sent for.

    Unlike the other sections it has defaults: an entry says what is particular to it.
    """

    cron: str = Field(
        description="When: minute, hour, day of month, month, day of week, as in a crontab."
    )
    actor: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")] = Field(
        description="The actor of the queue `scheduled` that gets a message each time."
    )
    arguments: tuple[str, ...] = Field(default=(), description="What the actor is called with.")
    time_zone: str = Field(default="UTC", description="Whose clock `cron` speaks of.")
    misfire: Literal["once", "skip", "all"] = Field(
        default="once",
        description="What becomes of the times that passed while no scheduler ran: the latest of "
        "them runs, none does, or each does.",
    )
    enabled: bool = Field(default=True, description="Whether it runs at all.")

    @field_validator("cron")
    @classmethod
    def _comes_true(cls, cron: str) -> str:
        try:
            first = next(CronSim(cron, datetime.now(UTC)), None)
        except CronSimError as error:
            raise ValueError(
                f"{str(error)[:1].lower()}{str(error)[1:]}; five fields, as in "
                '"30 2 * * *": minute, hour, day of month, month, day of week'
            ) from error
        if first is None:
            raise ValueError("no such day ever comes")
        return " ".join(cron.split())

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (LookupError, ValueError, OSError) as error:
            raise ValueError('no such time zone; write it like "Europe/Berlin"') from error
        return name

    def __str__(self) -> str:
        call = f"{self.actor}({', '.join(map(repr, self.arguments))})"
        return f"{self.cron} {self.time_zone}: {call}" + ("" if self.enabled else ", disabled")


class CronSettings(Section):
    """How schedulers look at the clock."""

    in_workers: bool = Field(
        description="Whether workers send what is due; else `scout-workers cron` has to run."
    )
    look_seconds: Annotated[float, Field(ge=1, le=3600)] = Field(
        description="Longest pause before the clock is looked at again."
    )
    grace_seconds: Annotated[float, Field(ge=1)] = Field(
        description="How late a time may be found due and still not count as missed."
    )
    most_misfires: Count = Field(
        description="With misfire = all: how many missed times are made up for, the latest ones."
    )
