from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_proxy import MakeCable


@pytest.fixture
def echo_url() -> Iterator[str]:
    """A server that sends back what it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=[connection], name="echo", daemon=True).start()

    def echo(connection: socket.socket) -> None:
        with connection, suppress(ConnectionResetError):  # many tests here cut it off
            while data := connection.recv(65536):
                connection.sendall(data)

    thread = threading.Thread(target=serve, name="echo-listener", daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(10)


def dial(port: int, timeout: float = 10) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def receive(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size and (data := connection.recv(size - len(got))):
        got += data
    return got


def test_bytes_pass_unchanged_both_ways_and_so_does_the_end(
    make_cable: MakeCable,
    echo_url: str,
) -> None:
    sent = bytes(range(256)) * 20_000
    with dial(make_cable(echo_url).port) as connection:
        sender = threading.Thread(target=connection.sendall, args=[sent], name="sender")
        sender.start()
        assert receive(connection, len(sent)) == sent
        sender.join()
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def test_a_database_is_reached_through_it(make_cable: MakeCable, empty_database: str) -> None:
    with psycopg.connect(make_cable(empty_database).url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_blackhole_is_silent_for_old_and_new_and_mending_delivers(
    make_cable: MakeCable,
    echo_url: str,
) -> None:
    cable = make_cable(echo_url)
    with dial(cable.port, 0.2) as old:
        old.sendall(b"a")
        assert old.recv(1) == b"a"
        cable.blackhole()
        with dial(cable.port, 0.2) as new:
            for connection in (old, new):
                connection.sendall(b"b")
                with pytest.raises(TimeoutError):
                    connection.recv(1)
            cable.mend()
            for connection in (old, new):
                connection.settimeout(10)
                assert connection.recv(1) == b"b"


def test_a_reset_breaks_what_is_open_and_nothing_new(
    make_cable: MakeCable,
    empty_database: str,
) -> None:
    cable = make_cable(empty_database)
    with psycopg.connect(cable.url, autocommit=True) as connection:
        cable.reset()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert cable.connections == 0
    with psycopg.connect(cable.url) as connection:
        connection.execute("SELECT 1")


def test_a_refusing_one_is_not_there_until_it_is_mended(
    make_cable: MakeCable,
    echo_url: str,
) -> None:
    cable = make_cable(echo_url)
    with dial(cable.port) as old:
        cable.refuse()
        with pytest.raises(ConnectionResetError):
            old.recv(1)
    with pytest.raises(ConnectionRefusedError):
        dial(cable.port)
    cable.mend()
    with dial(cable.port) as connection:
        connection.sendall(b"a")
        assert connection.recv(1) == b"a"


def test_half_open_the_server_has_gone_and_the_client_hears_nothing(
    make_cable: MakeCable,
    empty_database: str,
) -> None:
    cable = make_cable(empty_database)
    with (
        psycopg.connect(cable.url, autocommit=True) as client,
        psycopg.connect(empty_database, autocommit=True) as observer,
    ):
        backend = client.info.backend_pid
        query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        assert observer.execute(query, [backend]).fetchone() == (1,)
        cable.half_open()
        deadline = time.monotonic() + 10
        while observer.execute(query, [backend]).fetchone() != (0,):
            assert time.monotonic() < deadline
        with socket.socket(fileno=client.pgconn.socket) as line:
            line.settimeout(0.2)
            line.sendall(b"anybody there?")
            with pytest.raises(TimeoutError):
                line.recv(1)
            line.detach()
        cable.reset()


def test_a_delay_is_paid_each_way(make_cable: MakeCable, echo_url: str) -> None:
    cable = make_cable(echo_url)
    cable.delay(0.1)
    with dial(cable.port) as connection:
        begun = time.monotonic()
        connection.sendall(b"a")
        assert connection.recv(1) == b"a"
        assert time.monotonic() - begun >= 0.2


def test_a_drip_brings_the_answer_in_pieces(make_cable: MakeCable, echo_url: str) -> None:
    cable = make_cable(echo_url)
    cable.drip(1, 0.02)
    with dial(cable.port) as connection:
        begun = time.monotonic()
        connection.sendall(b"0123456789")
        assert len(connection.recv(10)) < 10
        assert len(receive(connection, 9)) == 9
        assert time.monotonic() - begun >= 0.2


def test_a_lost_reply_is_to_something_that_was_carried_out(
    make_cable: MakeCable,
    empty_database: str,
) -> None:
    cable = make_cable(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as owner:
        owner.execute("CREATE TABLE mark (n int)")
        with psycopg.connect(cable.url, autocommit=True) as connection:
            lost = cable.lose_reply_to(b"COMMIT")
            with pytest.raises(psycopg.OperationalError), connection.transaction():
                connection.execute("INSERT INTO mark VALUES (1)")
            assert lost.wait(10)
        assert owner.execute("SELECT n FROM mark").fetchall() == [(1,)]
        with psycopg.connect(cable.url) as connection:
            connection.execute("INSERT INTO mark VALUES (2)")
        assert owner.execute("SELECT count(*) FROM mark").fetchone() == (2,)


def test_it_looks_dead_when_nobody_listens_at_the_other_end(make_cable: MakeCable) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    cable = make_cable(f"http://127.0.0.1:{port}")
    with pytest.raises(ConnectionResetError), dial(cable.port) as connection:
        connection.recv(1)
