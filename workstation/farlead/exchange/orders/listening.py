"""Our HL7 service over MLLP: units' systems send orders, each is answered.

Frames are those of the ``hl7`` library, on an event loop in a thread of its own; messages are
taken in worker threads, so that one connection's flood or silence holds up no other.
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from hl7.mllp import (  # type: ignore[import-untyped]  # it has no types
    HL7StreamReader,
    HL7StreamWriter,
    InvalidBlockError,
    start_hl7_server,
)

from farlead.clients.tls import server_context
from farlead.errors import SettingsError
from farlead.exchange.orders.answering import Answer, Answering
from farlead.messages import message
from farlead.peers import OrderListener
from farlead.settings import Settings

_LOG = logging.getLogger(__name__)
_READY_SECONDS = 10.0


class OrderListening:
    """The service while it runs; a context manager.

    Parameters
    ----------
    settings : Settings
        With a listener of orders.
    answering : Answering
    told : callable
        Is handed every answer, in the thread that made it.

    Raises
    ------
    SettingsError
        There is no listener, its port is taken, or its certificate cannot be used.
    """

    def __init__(
        self, settings: Settings, answering: Answering, told: Callable[[Answer], None]
    ) -> None:
        listener = settings.orders.listener
        if listener is None:
            raise SettingsError(message("orders.no_listener"))
        self._listener, self._answering, self._told = listener, answering, told
        self._open: set[asyncio.Task[None]] = set()
        context = server_context(listener.tls, settings.folder) if listener.tls else None
        started: Future[int] = Future()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._run, args=(context, started), name="farlead-orders-listener"
        )
        self._stop: asyncio.Event | None = None
        self._thread.start()
        try:
            self.port = started.result(_READY_SECONDS)
        except OSError as error:
            self._thread.join()
            cause = error.strerror or type(error).__name__
            raise SettingsError(
                message("peers.port", bind=listener.bind, port=listener.port, cause=cause)
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; what was answered with AA is in the store."""
        if self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self, context: ssl.SSLContext | None, started: "Future[int]") -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(self._listener, context, started))

    async def _serve(
        self, listener: OrderListener, context: ssl.SSLContext | None, started: "Future[int]"
    ) -> None:
        self._stop = asyncio.Event()
        try:
            server = await start_hl7_server(
                self._connected,
                listener.bind,
                listener.port,
                limit=listener.largest,
                ssl=context,
            )
        except OSError as error:
            started.set_exception(error)
            return
        started.set_result(int(server.sockets[0].getsockname()[1]))
        await self._stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _connected(self, reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        task = asyncio.ensure_future(self._talk(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _talk(self, reader: Any, writer: Any) -> None:
        """Messages of one connection, one after another, until it ends or falls silent."""
        try:
            while True:
                block = await asyncio.wait_for(reader.readblock(), self._listener.idle_seconds)
                answer = await asyncio.to_thread(self._answered, block)
                writer.writeblock(answer.data)
                await asyncio.wait_for(writer.drain(), self._listener.idle_seconds)
        except (OSError, TimeoutError, EOFError, asyncio.IncompleteReadError):
            return  # it is gone; what was not acknowledged is sent again
        except (ValueError, InvalidBlockError) as error:
            _LOG.warning("an HL7 connection was ended: %s", error)
        finally:
            writer.close()

    def _answered(self, block: bytes) -> Answer:
        answer = self._answering.answer(block)
        self._told(answer)
        return answer
