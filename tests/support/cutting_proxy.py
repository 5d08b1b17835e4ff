"""A proxy before PostgreSQL that breaks a connection off at a statement: before or after it.

References
----------
PostgreSQL documentation, "Frontend/Backend Protocol", message formats.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from loopback import listening

_ENDS_STATEMENT = (b"Q", b"S")  # simple query, and the end of an extended one
_READY = b"Z"
_HEAD = 5


@dataclass
class CuttingProxy:
    """Statements are counted over all connections.

    Parameters
    ----------
    target : int
        Port of the server on loopback.

    Attributes
    ----------
    seen : int
        Statements since :meth:`arm`.
    cut_at : int or None
        Number of the statement, from 1, at which the connection ends.
    after : bool
        Whether the server still does the statement, and only its answer is lost.
    """

    target: int
    port: int = 0
    seen: int = 0
    cut_at: int | None = None
    after: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, cut_at: int | None, *, after: bool = False) -> None:
        """Count anew, and cut there once."""
        with self._lock:
            self.seen, self.cut_at, self.after = 0, cut_at, after

    def _counted(self) -> bool:
        """One more statement; whether it is the one."""
        with self._lock:
            self.seen += 1
            return self.seen == self.cut_at

    def handle(self, client: socket.socket) -> None:
        """One connection."""
        with socket.create_connection(("127.0.0.1", self.target)) as server:
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lost = threading.Event()
            back = threading.Thread(target=self._answers, args=(server, client, lost))
            back.start()
            with suppress(OSError, EOFError):
                server.sendall(_startup(client))
                while True:
                    kind, message = _message(client)
                    if kind in _ENDS_STATEMENT and self._counted():
                        if not self.after:
                            break
                        lost.set()
                    server.sendall(message)
            _shut(server)
            back.join()

    @staticmethod
    def _answers(server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError, EOFError):
            while True:
                kind, message = _message(server)
                if not lost.is_set():
                    client.sendall(message)
                elif kind == _READY:
                    break  # it is done, and nobody will hear of it
        _shut(client)


def _startup(client: socket.socket) -> bytes:
    head = _exactly(client, 4)
    return head + _exactly(client, struct.unpack(">I", head)[0] - 4)


def _message(source: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(source, _HEAD)
    return head[:1], head + _exactly(source, struct.unpack(">I", head[1:])[0] - 4)


def _exactly(source: socket.socket, many: int) -> bytes:
    got = b""
    while len(got) < many:
        block = source.recv(many - len(got))
        if not block:
            raise EOFError
        got += block
    return got


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting_proxy(target: int) -> Iterator[CuttingProxy]:
    """A proxy before the server on this port of loopback."""
    proxy = CuttingProxy(target)
    with listening(proxy.handle) as proxy.port:
        yield proxy
