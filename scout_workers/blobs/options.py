"""How to reach an S3 bucket; free of boto3, which takes 0.3 s to import."""

from __future__ import annotations

from dataclasses import dataclass, field

from scout_workers.blobs.protocol import READ_SECONDS, WRITE_SECONDS


@dataclass(frozen=True, slots=True)
class S3Options:
    """Everything an S3 store can be told; the defaults suit AWS with credentials of its own chain.

    Attributes:
        endpoint_url: Another service than AWS ("http://127.0.0.1:9000").
        region: None asks the AWS configuration, and says us-east-1 where that is silent.
        path_style: The bucket in the path, not in the host name: what most other services need.
        access_key_id: With `secret_access_key`; None asks the AWS credential chain.
        pool_size: Idle connections kept; more are opened when more threads ask.
        connect_seconds: The most to wait for one address to accept.
        silence_seconds: The most to wait for the next byte.
        read_seconds: The most a read may take altogether.
        write_seconds: The most a write may take altogether.
    """

    endpoint_url: str | None = None
    region: str | None = None
    path_style: bool = False
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    pool_size: int = 64
    connect_seconds: float = 5.0
    silence_seconds: float = 10.0
    read_seconds: float = READ_SECONDS
    write_seconds: float = WRITE_SECONDS
