"""A server on loopback that hands each connection to a function, in threads of its own."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that gives up is what a test asks for."""


@contextmanager
def listening(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port on which it listens; what a broken connection raises ends that connection."""

    class Handler(socketserver.BaseRequestHandler):
        request: Any

        def handle(self) -> None:
            with suppress(OSError):
                handle(self.request)

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
