"""The server itself: one event loop, hundreds of slow connections."""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from scout_workers.fake_llm.exchange import Exchanges
from scout_workers.fake_llm.http import HEAD_LIMIT, Peer
from scout_workers.fake_llm.reading import steps_of
from scout_workers.fake_llm.script import Script
from scout_workers.fake_llm.till import Till
from scout_workers.fake_llm.wires import WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.fake_llm.options import Options

_STOP_SECONDS = 10.0


class FakeLLM:
    """Serves until it is stopped.

    Attributes:
        script: What goes wrong; may be changed at any time, from any thread.
        till: What was asked and billed; may be read likewise.
        root: Its own address ("http://127.0.0.1:8123"), once it listens.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._files = ExitStack()
        log = options.log
        opened = None if log is None else self._files.enter_context(log.open("a", encoding="utf-8"))
        self.script = Script(options.seed)
        self.script.play(options.steps)
        self.till = Till(opened)
        self.root = ""
        self._exchanges = Exchanges(options, self.script, self.till)
        self._open: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self.listening = threading.Event()

    def plays(self, *specs: str) -> None:
        """Begin anew with these faults: "429*2", "silence", "529@0.1" (see `reading.steps_of`).

        Raises:
            ScriptError: One does not exist.
        """
        self.script.play(steps_of(specs))

    def base_url(self, wire: str) -> str:
        """Return the address a provider's client is to be given."""
        return WIRES[wire].base_url(self.root)

    async def serve(self) -> None:
        """Serve until `stop`.

        Raises:
            OSError: The port is not to be had, or the certificate cannot be read.
        """
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(
            self._connected,
            self._options.host,
            self._options.port,
            limit=HEAD_LIMIT,
            ssl=self._tls(),
            backlog=1024,
        )
        host, port = server.sockets[0].getsockname()[:2]
        scheme = "http" if self._options.certificate is None else "https"
        self.root = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        self.listening.set()
        try:
            await self._stopping.wait()
        finally:
            server.close()
            for each in self._open:
                each.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)
            self._files.close()

    def stop(self) -> None:
        """Have `serve` return; may be called from any thread."""
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)

    def _tls(self) -> ssl.SSLContext | None:
        if self._options.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._options.certificate)
        return context

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        current = asyncio.current_task()
        assert current is not None
        self._open.add(current)
        peer = Peer(reader, writer)
        try:
            while await self._exchanges.one(peer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client went away, which is its right
        except asyncio.CancelledError:
            peer.reset()  # we are stopping, and nobody waits for whoever drips
        finally:
            self._open.discard(current)
            peer.hang_up()


@contextmanager
def serving(options: Options) -> Iterator[FakeLLM]:
    """Serve in a thread of this process for the length of a block.

    Raises:
        OSError: The port is not to be had, or the certificate cannot be read.
    """
    fake = FakeLLM(options)
    raised: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(fake.serve())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            raised.append(error)
        finally:
            fake.listening.set()

    thread = threading.Thread(target=run, name="fake-llm", daemon=True)
    thread.start()
    fake.listening.wait(_STOP_SECONDS)
    if raised:
        raise raised[0]
    try:
        yield fake
    finally:
        fake.stop()
        thread.join(_STOP_SECONDS)
        assert not thread.is_alive(), "fake-llm does not stop"
