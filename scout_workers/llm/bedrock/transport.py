"""Bedrock's requests, sent by the network floor."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from urllib3.exceptions import ProtocolError

from scout_workers.network.sdk import SDKTransport

if TYPE_CHECKING:
    from scout_workers.network.transport import Reply


class BedrockTransport(SDKTransport):
    """Takes nothing but a JSON object for a success."""

    def accept(self, reply: Reply) -> None:
        """Refuse other successes: of a broken one botocore makes an empty answer, or it stumbles.

        Raises:
            ProtocolError: It is no JSON object; it may have been paid for all the same.
        """
        if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
            return
        try:
            found = json.loads(reply.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ProtocolError("the answer is no whole JSON object")
