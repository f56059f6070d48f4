"""A capture and its analyses, whole, for a person to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from scout_workers.cli.console import cell, plain
from scout_workers.cli.tables import Column, show_fields, show_table
from scout_workers.cli.words import dollars, duration, local, size, state_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scout_workers.settings import Settings
    from scout_workers.store.report_details import AnalysisDetail, CallLine, CaptureDetail


def picture_path(settings: Settings, capture: CaptureDetail) -> str:
    """Say where a capture's picture lies: a path of this machine, or an S3 address."""
    return settings.blobs.place(settings.data_dir, capture.bucket, capture.key)


def show_capture(console: Console, capture: CaptureDetail, path: str) -> None:
    """Print what is known of a capture."""
    console.print(Text(f"Capture {capture.id}", style="bold"))
    show_fields(
        console,
        [
            ("organization", capture.organization),
            ("camera", capture.camera),
            ("captured", local(capture.captured_at, capture.time_zone)),
            ("received", local(capture.received_at, capture.time_zone)),
            ("source", capture.source),
            ("state", state_text(capture.state, capture.state_reason)),
            ("size", size(capture.size_bytes)),
            ("sha256", capture.sha256),
        ],
    )
    # In one piece, that it may be copied from the screen.
    console.print(cell(path), soft_wrap=True)


def show_analysis(console: Console, analysis: AnalysisDetail, time_zone: str) -> None:
    """Print an analysis, what it observed and what it cost."""
    console.print()
    console.print(Text(f"Analysis {analysis.id}", style="bold"))
    took = None
    if analysis.settled_at is not None and analysis.started_at is not None:
        took = (analysis.settled_at - analysis.started_at).total_seconds()
    like = analysis.resembles_capture_id
    reason = ": ".join(filter(None, (analysis.error_class, analysis.error_detail)))
    show_fields(
        console,
        [
            ("state", state_text(analysis.state, reason)),
            ("headline", analysis.headline),
            ("severity", cell(analysis.severity, state_style(analysis.severity))),
            ("flags", analysis.flags),
            ("asked", f"{analysis.provider} {analysis.model}"),
            ("instructions", analysis.instructions or "-"),
            ("run", f"{analysis.run_no}, attempts {analysis.attempts}{_asked(analysis)}"),
            ("begun", local(analysis.started_at, time_zone)),
            ("took", duration(took)),
            *([("resembles", f"capture {like}")] if like else []),
        ],
    )
    if analysis.observations:
        console.print()
        show_table(
            console,
            "Observations",
            _OBSERVATIONS,
            [
                (
                    each.ordinal,
                    each.kind,
                    each.severity,
                    f"{each.confidence:.2f}",
                    each.body,
                    each.flags,
                    _region(each.region),
                )
                for each in analysis.observations
            ],
        )
    show_calls(console, analysis.calls, time_zone)


def show_calls(console: Console, calls: Sequence[CallLine], time_zone: str) -> None:
    """Print what was asked of models, and what it cost."""
    if calls:
        console.print()
        show_table(console, "Model calls", _CALLS, [_call(each, time_zone) for each in calls])


_OBSERVATIONS = (
    Column("#", right=True),
    Column("kind", fold=True),
    Column("severity", style=state_style),
    Column("sure", right=True),
    Column("what", fold=True),
    Column("flags", fold=True),
    Column("where"),
)
_CALLS = (
    Column("started"),
    Column("status", style=state_style),
    Column("model", fold=True),
    Column("took", right=True),
    Column("tokens in/out", right=True),
    Column("cost", right=True),
    Column("price from", fold=True),
    Column("error", fold=True),
)


def _asked(analysis: AnalysisDetail) -> str:
    if analysis.asked_by is None:
        return ""
    why = "to compare versions" if analysis.origin == "eval" else "once more"
    return f", asked for {why} by {analysis.asked_by}"


def state_text(state: str, reason: str | None) -> Text:
    """Return a state in its colour, with its reason."""
    text = cell(state, state_style(state))
    return text.append(f" ({plain(reason)})", style="default") if reason else text


def _region(region: list[float] | None) -> str | None:
    if region is None:
        return None
    left, top, width, height = (round(part * 100) for part in region)
    return f"{width} x {height} % at {left}, {top} %"


def _call(call: CallLine, time_zone: str) -> tuple[object, ...]:
    tokens = None
    if call.input_tokens is not None:
        tokens = f"{call.input_tokens:,} / {call.output_tokens or 0:,}"
    return (
        local(call.started_at, time_zone),
        call.status,
        f"{call.provider} {call.served_model or call.model}",
        duration(None if call.latency_ms is None else call.latency_ms / 1000),
        tokens,
        dollars(call.cost_microdollars),
        call.price_source,
        ": ".join(filter(None, (call.error_class, call.error_detail))) or None,
    )
