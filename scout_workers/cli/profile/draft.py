"""`scout-workers profile draft`: a new version, looked at before it is used."""

from __future__ import annotations

import sys

import click

from scout_workers.cli.console import print_json
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.naming import camera_of
from scout_workers.cli.opening import opened
from scout_workers.cli.profile import policy
from scout_workers.store import profiles, report_profiles
from scout_workers.store.profiles import Contents

_LONGEST = 20_000
_EXAMPLES = """\b
Examples:
  scout-workers profile draft yard --instructions "Anything at the gate after dark."
  scout-workers profile draft yard --skip-unchanged "distance=4,changed_area=0.001"
  scout-workers profile draft yard --provider openai --model gpt-5-mini
"""


@click.command("draft", epilog=_EXAMPLES)
@click.argument("camera")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--instructions", help='What to watch for, in your words; "-" reads them from stdin.')
@click.option("--provider", help="Who looks: local, bedrock, openai, anthropic …")
@click.option("--model", help="Which of its models.")
@click.option("--skip-unchanged", metavar=policy.METAVAR, help=policy.HELP)
@click.option("--reason", default="", help="Why, for the history.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(
    *,
    camera: str,
    organization: str | None,
    instructions: str | None,
    provider: str | None,
    model: str | None,
    skip_unchanged: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Make a new version of the profile of CAMERA, as a draft.

    What is not given is as in the active version. A draft is used by nobody until it is made
    active; `eval` and `analyses rerun --profile-version` try it on pictures there are.
    """
    if instructions == "-":
        instructions = sys.stdin.read(_LONGEST + 1).strip()
    if instructions is not None and len(instructions) > _LONGEST:
        raise UsageMistakeError(f"The instructions are longer than {_LONGEST:,} characters.")
    wanted = None if skip_unchanged is None else policy.policy_of(skip_unchanged)
    with opened() as app, app.store.transaction() as tx:
        found = camera_of(tx, camera, organization)
        now = profiles.active(tx, found.id)
        defaults = app.settings.models.describe
        contents = Contents(
            provider or (now.provider if now else defaults.provider),
            model or (now.model if now else defaults.model),
            instructions if instructions is not None else now.instructions if now else "",
            wanted if skip_unchanged is not None else now.skip_unchanged if now else None,
        )
        made = profiles.draft(
            tx, found.organization.id, found.id, contents, by=hand(), reason=reason
        )
        (line,) = report_profiles.versions_like(tx, str(made.id))
    if as_json:
        print_json(line)
    elif line.state == "draft":
        click.echo(
            f"{line.title} is a draft. To use it: scout-workers profile activate {line.title}"
        )
    else:
        click.echo(f"These are the contents of {line.title}, which is {line.state}.")
