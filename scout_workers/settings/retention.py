"""How long what is kept (`[retention]`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .sections import Count, Section

Days = Annotated[int, Field(ge=0, le=36_500)]


class RetentionSettings(Section):
    """Days after which something goes for good; 0: never."""

    raw_answer_days: Days = Field(
        description="Models' answers, word for word; the ledger's rows stay."
    )
    event_days: Days = Field(description="Events, and whom they were told.")
    capture_days: Days = Field(
        description="Images; the captures' rows and what was seen on them stay."
    )
    schedule_run_days: Days = Field(description="When something ran by the clock.")
    batch_rows: Count = Field(description="How many rows go at once.")
