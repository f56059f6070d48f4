"""The same question in each provider's words."""

from __future__ import annotations

import base64
import json
from typing import Any

import boto3
from botocore.config import Config

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "headline": {"type": "string", "description": "At most 40 characters."},
        "severity": {"type": "string", "enum": ["info", "warning"]},
        "confidence": {"type": "number", "description": "How sure you are, 0 to 1"},
        "evidence": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["headline", "severity", "confidence", "evidence"],
    "additionalProperties": False,
}
FACTS: dict[str, Any] = {
    "camera": "yard",
    "evidence": [{"id": "o-1", "text": "A van"}, {"id": "o-2", "text": "A dog"}],
}
TEXT = f"<data>\n{json.dumps(FACTS)}\n</data>"

OPENAI: dict[str, Any] = {
    "model": "gpt-5-mini",
    "messages": [{"role": "system", "content": "Answer."}, {"role": "user", "content": TEXT}],
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "insights", "schema": SCHEMA, "strict": True},
    },
}
ANTHROPIC: dict[str, Any] = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 1000,
    "system": "Answer.",
    "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}]}],
}
BY_TOOL = ANTHROPIC | {
    "tools": [{"name": "give_answer", "input_schema": SCHEMA}],
    "tool_choice": {"type": "tool", "name": "give_answer"},
}
BY_FORMAT = ANTHROPIC | {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}
VERSION = {"anthropic_version": "2023-06-01"}
CONVERSE: dict[str, Any] = {
    "modelId": "anthropic.claude-3-haiku-20240307-v1:0",
    "system": [{"text": "Answer."}],
    "messages": [{"role": "user", "content": [{"text": TEXT}]}],
    "toolConfig": {
        "tools": [{"toolSpec": {"name": "give_answer", "inputSchema": {"json": SCHEMA}}}],
        "toolChoice": {"tool": {"name": "give_answer"}},
    },
}


def picture(jpeg: bytes) -> dict[str, object]:
    """A message's part with a picture, in OpenAI's words."""
    data = base64.b64encode(jpeg).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}


def bedrock(root: str) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    """The real client, which repeats nothing."""
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=root,
        region_name="us-east-1",
        aws_access_key_id="fake",
        aws_secret_access_key="fake",  # noqa: S106 - for a server that does not look
        config=Config(retries={"total_max_attempts": 1}),
    )
