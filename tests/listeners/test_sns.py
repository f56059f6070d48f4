"""SNS by moto's server: what is published arrives in a queue that subscribed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from fix_events import EVENT
from fix_http import answer, silent

from scout_workers.domain.errors import ErrorClass
from scout_workers.listeners.protocol import ListenerError
from scout_workers.listeners.sns import Topic
from scout_workers.network.transport import Transport

if TYPE_CHECKING:
    from fix_http import HTTPServer

REGION = "eu-central-1"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "key")


def topic(arn: str, url: str, seconds: float = 10.0) -> Topic:
    return Topic(
        "news",
        topic_arn=arn,
        region=None,
        endpoint_url=url,
        transport=Transport(),
        seconds=seconds,
    )


def client(service: str, url: str) -> Any:  # noqa: ANN401 - boto3's clients have no class
    made: Any = boto3.client(service, region_name=REGION, endpoint_url=url)  # type: ignore[call-overload] # by name
    return made


@pytest.mark.parametrize("fifo", [False, True])
def test_an_event_reaches_who_subscribed_to_the_topic(*, s3_url: str, fifo: bool) -> None:
    name = f"news-{uuid4()}" + (".fifo" if fifo else "")
    attributes = {"FifoTopic": "true"} if fifo else {}
    queue_attributes = {"FifoQueue": "true"} if fifo else {}
    sns, sqs = client("sns", s3_url), client("sqs", s3_url)
    arn = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
    queue = sqs.create_queue(QueueName=name, Attributes=queue_attributes)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=found["Attributes"]["QueueArn"])

    topic(arn, s3_url).tell(EVENT)

    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    told = json.loads(message["Body"])
    assert json.loads(told["Message"])["id"] == str(EVENT.id)
    assert told["MessageAttributes"]["event"]["Value"] == "analysis.completed"
    for each in (sns, sqs):
        each.close()


def test_a_topic_that_is_not_there_is_a_refusal_in_words(s3_url: str) -> None:
    with pytest.raises(ListenerError) as caught:
        topic(f"arn:aws:sns:{REGION}:123456789012:nothing", s3_url).tell(EVENT)
    assert caught.value.error_class is ErrorClass.BAD_REQUEST
    assert "NotFound" in caught.value.detail


def test_a_silent_service_is_left_in_time_and_a_failing_one_asked_once(
    http_server: HTTPServer,
) -> None:
    arn = f"arn:aws:sns:{REGION}:123456789012:news"
    http_server.plays(silent)
    with pytest.raises(ListenerError) as caught:
        topic(arn, http_server.url, seconds=0.5).tell(replace(EVENT, id=uuid4()))
    assert caught.value.error_class is ErrorClass.TIMEOUT

    asked = len(http_server.requests)
    http_server.plays(answer(b"", status=500))
    with pytest.raises(ListenerError) as caught:
        topic(arn, http_server.url).tell(EVENT)
    assert caught.value.error_class is ErrorClass.SERVER_ERROR
    assert len(http_server.requests) == asked + 1
