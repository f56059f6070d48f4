"""Opens those who are told of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.listeners.protocol import Audience, Target
from scout_workers.network.transport import Patience, Transport

if TYPE_CHECKING:
    from scout_workers.listeners.protocol import Listener
    from scout_workers.settings import Settings
    from scout_workers.settings.events import TargetSettings

__all__ = ["Audience", "open_audience"]

# A webhook's host is one of many: hardly a connection is worth keeping.
_IDLE_CONNECTIONS = 4


def open_audience(settings: Settings) -> Audience:
    """Make a listener of each target that the settings enable."""
    own = settings.events
    transport = Transport(Patience(pool_size=_IDLE_CONNECTIONS))
    targets = {
        name: Target(
            _listener(name, target, transport, own.attempt_seconds),
            organizations=frozenset(target.organizations),
            kinds=target.kinds,
        )
        for name, target in own.targets.items()
        if target.enabled
    }
    return Audience(targets, log=own.log, max_age_seconds=own.max_age_hours * 3600)


def _listener(name: str, target: TargetSettings, transport: Transport, seconds: float) -> Listener:
    if target.kind == "sns":
        # The SDK takes longer to import than most commands take altogether.
        from scout_workers.listeners.sns import Topic  # noqa: PLC0415  see above

        assert target.topic_arn is not None  # the settings saw to it
        return Topic(
            name,
            topic_arn=target.topic_arn,
            region=target.region,
            endpoint_url=target.endpoint_url,
            transport=transport,
            seconds=seconds,
        )
    from scout_workers.listeners.webhook import Webhook  # noqa: PLC0415  beside the other

    assert target.url is not None
    assert target.secret is not None
    return Webhook(
        name,
        url=target.url.get_secret_value(),
        secret=target.secret.get_secret_value(),
        transport=transport,
        seconds=seconds,
    )
