"""A proxy before a peer that does what networks and servers do on a bad day.

It ends TLS, so certificates are its own. HTTP and MLLP are handled as whole messages, one on a
connection; anything else (``raw``) as a stream of bytes.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from loopback import listening

_END = b"\x1c\x0d"
_BLOCK = 1 << 16
_SECONDS = 30

#: What the proxy says in a peer's place.
WORDS = "the disk of this server is full"
_ANSWERS = {
    "500": b"HTTP/1.1 500 Internal Server Error",
    "401": b"HTTP/1.1 401 Unauthorized",
}


@dataclass
class FaultProxy:
    """Before one peer.

    Parameters
    ----------
    target : int
        Port of the peer on loopback.
    kind : str
        ``http``, ``mllp`` or ``raw``.
    contexts : mapping of str to ssl.SSLContext
        By fault; under the empty name the one of good days. Empty: no TLS.

    Attributes
    ----------
    fault : str
        ``delay``, ``cut request``, ``cut answer``, ``duplicate``, ``reorder``, ``500``, ``401``,
        ``slow loris``, a name of `contexts`, or empty.
    """

    target: int
    kind: str
    contexts: Mapping[str, ssl.SSLContext] = field(default_factory=dict)
    port: int = 0
    fault: str = ""
    after: int = 100
    seconds: float = 2.5
    met: int = 0
    _held: bytes = b""

    def handle(self, plain: socket.socket) -> None:
        """One connection of a client."""
        plain.settimeout(_SECONDS)
        client = plain
        if self.contexts:
            context = self.contexts.get(self.fault, self.contexts[""])
            self.met += self.fault in self.contexts and bool(self.fault)
            client = context.wrap_socket(plain, server_side=True)
        try:
            if self.kind == "raw":
                self._stream(client)
            else:
                self._message(client)
        finally:
            with suppress(OSError):
                client.close()

    def _message(self, client: socket.socket) -> None:
        said = self._whole(client)
        if not said:
            return
        fault, self.met = self.fault, self.met + bool(self.fault)
        match fault:
            case "500" | "401":
                body = WORDS.encode()
                head = _ANSWERS[fault] + b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                client.sendall(head % len(body) + body)
            case "cut request":
                with self._peer() as peer:
                    peer.sendall(said[: self.after])
                _reset(client)
            case "cut answer":
                client.sendall(self._ask(said)[: self.after])
                _reset(client)
            case "reorder" if not self._held:
                self._held = said
                _reset(client)
            case "slow loris":
                for byte in self._ask(said):
                    client.sendall(bytes([byte]))
                    time.sleep(self.seconds / 25)
            case _:
                self._pass(client, said, fault)

    def _pass(self, client: socket.socket, said: bytes, fault: str) -> None:
        if fault == "duplicate":
            self._ask(said)
        answer = self._ask(said)
        if self._held:
            held, self._held = self._held, b""
            self._ask(held)  # what was sent first comes last
        if fault == "delay":
            time.sleep(self.seconds)
        client.sendall(answer)

    def _ask(self, said: bytes) -> bytes:
        with self._peer() as peer:
            peer.sendall(said)
            got = b""
            with suppress(ConnectionResetError):  # Orthanc's way to close a connection
                while block := peer.recv(_BLOCK):
                    got += block
                    if self.kind == "mllp" and _END in got:
                        break
        return _only(got) if self.kind == "http" else got

    def _whole(self, client: socket.socket) -> bytes:
        got = b""
        while not self._ends(got):
            block = client.recv(_BLOCK)
            if not block:
                return b""
            got += block
        return _only(got) if self.kind == "http" else got

    def _ends(self, got: bytes) -> bool:
        if self.kind == "mllp":
            return _END in got
        head, end, body = got.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ]
        return bool(end) and len(body) >= (lengths[0] if lengths else 0)

    def _stream(self, client: socket.socket) -> None:
        with self._peer() as peer:
            back = threading.Thread(target=self._pump, args=(peer, client, "cut answer"))
            back.start()
            self._pump(client, peer, "cut request")
            back.join()

    def _pump(self, source: socket.socket, target: socket.socket, cut: str) -> None:
        """Bytes from one to the other, until one of them ends, or the fault ends both."""
        left = self.after
        with suppress(OSError):
            while block := source.recv(_BLOCK):
                if self.fault == cut:
                    self.met += 1
                    if len(block) >= left:
                        target.sendall(block[:left])
                        _reset(source)
                        break
                    left -= len(block)
                elif self.fault == "delay":
                    self.met += 1
                    time.sleep(self.seconds / 25)
                target.sendall(block)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _peer(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.target), _SECONDS) as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield peer


def _only(message: bytes) -> bytes:
    """Said to be the only one on its connection."""
    head, _, body = message.partition(b"\r\n\r\n")
    lines = [each for each in head.split(b"\r\n") if not each.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body


def _reset(connection: socket.socket) -> None:
    """Not closed in order, but broken off."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


@contextmanager
def fault_proxy(
    target: int, kind: str, contexts: Mapping[str, ssl.SSLContext] | None = None
) -> Iterator[FaultProxy]:
    """A proxy before a port of loopback."""
    proxy = FaultProxy(target, kind, contexts or {})
    with listening(proxy.handle) as proxy.port:
        yield proxy
