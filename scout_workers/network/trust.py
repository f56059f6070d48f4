"""The certificates that vouch for the other side of a TLS connection."""

from __future__ import annotations

import os
import ssl
from importlib.util import find_spec
from pathlib import Path

from urllib3.util.ssl_ import create_urllib3_context

_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def ca_certs() -> str:
    """Return the path of a file of certificates.

    SSL_CERT_FILE or REQUESTS_CA_BUNDLE where they are set, else the system's; a slim container
    has none, so the ones that botocore brings come last.
    """
    for name in _VARIABLES:
        if given := os.environ.get(name):
            return given
    system = ssl.get_default_verify_paths().cafile
    if system:
        return system
    found = find_spec("botocore")
    if found is None or found.origin is None:
        raise RuntimeError("botocore is not installed, and the system has no certificates")
    return str(Path(found.origin).with_name("cacert.pem"))


def context(ca_file: str | None = None) -> ssl.SSLContext:
    """Return a context that trusts a file's certificates; reading 150 of them takes 20 ms.

    Args:
        ca_file: The file; None: as `ca_certs` says.
    """
    made = create_urllib3_context()
    made.load_verify_locations(cafile=ca_file or ca_certs())
    return made
