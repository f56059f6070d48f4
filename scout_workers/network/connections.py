"""urllib3 connections whose sockets the current operation holds from the first packet on."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from scout_workers.network.operation import current, seconds_left

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection

    from scout_workers.network.operation import Operation


class HeldConnection(HTTPConnection):
    """A connection that shows its socket to the operation before anything can block on it.

    Attributes:
        holder: The operation that used it last; it may still hold the socket for a moment.
    """

    holder: Operation | None = None

    def _new_conn(self) -> socket.socket:
        # urllib3's own loop gives each of a host's addresses the whole connect timeout, eight
        # times over for S3; this one never waits past the operation's end.
        try:
            addresses = socket.getaddrinfo(
                self._dns_host.strip("[]"), self.port, type=socket.SOCK_STREAM
            )
        except (socket.gaierror, UnicodeError) as error:
            cause = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, cause) from error
        failure: OSError = OSError("the host name has no address")
        for family, kind, protocol, _, address in addresses:
            try:
                return self._connected(socket.socket(family, kind, protocol), address)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, f"{self.host} did not accept in time") from failure
        raise NewConnectionError(self, f"no connection to {self.host}: {failure}") from failure

    def _connected(self, sock: socket.socket, address: tuple[object, ...]) -> socket.socket:
        operation = current()
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(min(self.timeout or seconds_left(), seconds_left()))
            _hold(self, sock)
            sock.connect(address)
        except BaseException:
            operation.let_go(self)
            sock.close()
            raise
        operation.connections_made += 1
        return sock


class HeldTLSConnection(HeldConnection, HTTPSConnection):
    """The same over TLS: held through the handshake as well."""


class HeldPool(HTTPConnectionPool):
    """Keeps `HeldConnection`s; one taken up again belongs to the operation that takes it."""

    ConnectionCls = HeldConnection

    def _validate_conn(self, conn: BaseHTTPConnection) -> None:
        super()._validate_conn(conn)
        _take_up(conn)


class HeldTLSPool(HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = HeldTLSConnection

    def _validate_conn(self, conn: BaseHTTPConnection) -> None:
        super()._validate_conn(conn)
        _take_up(conn)


def _take_up(connection: BaseHTTPConnection) -> None:
    if isinstance(connection, HeldConnection) and connection.sock is not None:
        _hold(connection, connection.sock)


def _hold(connection: HeldConnection, sock: socket.socket) -> None:
    operation = current()
    if connection.holder not in (None, operation):
        # Its last operation gave it back to the pool and is not closed yet: should that one's
        # time end just now, it must not cut what is no longer its own.
        connection.holder.let_go(connection)
    connection.holder = operation
    operation.hold(connection, sock)
