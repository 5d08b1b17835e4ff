"""HL7 v2 over the minimal lower layer protocol: one message, one acknowledgement.

References
----------
HL7 v2 Transport Specification: MLLP, release 1; HL7 v2.5.1 chapter 2 (acknowledgements).
"""

import socket
import ssl
import time
from pathlib import Path
from typing import Self

import hl7  # type: ignore[import-untyped]  # it has no types

from farlead.clients.tls import client_context
from farlead.errors import PeerFailed
from farlead.messages import message
from farlead.peers import Tls

#: Python's name of each charset, MSH-18.
ENCODINGS = {"UNICODE UTF-8": "utf-8", "GB 18030-2000": "gb18030"}

_BEGIN, _END = b"\x0b", b"\x1c\x0d"
_LONGEST = 1 << 20
_BLOCK = 1 << 16
_LEAST = 0.01
_ACCEPTED = ("AA", "CA")


class Mllp:
    """A connection to one receiver, for one or several messages; a context manager.

    Parameters
    ----------
    name : str
        Of the peer, for messages.
    host : str
    port : int
    folder : Path
        Home of the store, for relative paths of certificates.
    tls : Tls, optional
    encoding : str
        Python's name of the agreed charset.
    timeout : float
        Seconds to connect, and to wait for an acknowledgement.

    Raises
    ------
    PeerFailed
        It cannot be reached.
    """

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        folder: Path,
        *,
        tls: Tls | None = None,
        encoding: str = "utf-8",
        timeout: float = 20.0,
    ) -> None:
        self._name = name
        self._encoding = encoding
        self._timeout = timeout
        context = client_context(tls, folder) if tls is not None else None
        try:
            plain = socket.create_connection((host, port), timeout)
        except OSError as error:
            raise PeerFailed(
                message("peers.unreachable", peer=name, cause=error.strerror or str(error))
            ) from error
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = context.wrap_socket(plain, server_hostname=host) if context else plain
        except ssl.SSLError as error:
            plain.close()
            raise PeerFailed(
                message("peers.tls", peer=name, cause=error.reason or str(error))
            ) from error
        except OSError as error:
            plain.close()
            raise PeerFailed(message("peers.broken", peer=name, cause=str(error))) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def exchange(self, said: str) -> hl7.Message:
        """Send a message; its acknowledgement.

        Raises
        ------
        PeerFailed
            It was refused (``nothing_done``), or the answer got lost or is of another message
            (not ``nothing_done``).
        """
        asked = hl7.parse(said)
        identifier = str(asked.segment("MSH")[10])
        try:
            self._socket.sendall(_BEGIN + said.encode(self._encoding) + _END)
            answer = self._answer()
        except TimeoutError as error:
            raise PeerFailed(
                message("peers.timeout", peer=self._name), nothing_done=False
            ) from error
        except OSError as error:
            cause = error.strerror or str(error)
            raise PeerFailed(
                message("peers.broken", peer=self._name, cause=cause), nothing_done=False
            ) from error
        return self._judged(answer, identifier)

    def _answer(self) -> bytes:
        got = b""
        patience = time.monotonic() + self._timeout  # for all of it, not for each byte
        while _END not in got:
            self._socket.settimeout(max(patience - time.monotonic(), _LEAST))
            block = self._socket.recv(_BLOCK)
            if not block:
                raise ConnectionError("closed before the acknowledgement")
            got += block
            if time.monotonic() > patience:
                raise TimeoutError
            if len(got) > _LONGEST:
                raise ConnectionError("an endless acknowledgement")
        return got[got.find(_BEGIN) + 1 : got.index(_END)]

    def _judged(self, answer: bytes, identifier: str) -> hl7.Message:
        try:
            # Its words may be in another charset than the one agreed; what proves it is plain.
            said = hl7.parse(answer.decode(self._encoding, "replace"))
            code, of = (str(said.segment("MSA")[field]) for field in (1, 2))
        except (hl7.HL7Exception, KeyError, IndexError) as error:
            raise PeerFailed(
                message("peers.no_ack", peer=self._name), nothing_done=False
            ) from error
        if of != identifier:
            raise PeerFailed(message("peers.other_ack", peer=self._name), nothing_done=False)
        if code not in _ACCEPTED:
            raise PeerFailed(
                message("peers.refused", peer=self._name, status=code, said=_words(said)),
                answered=True,
            )
        return said


def _words(said: hl7.Message) -> str:
    """What the receiver says of its refusal: MSA-3, and the user message of ERR."""
    found = [str(said.segment("MSA")(3) or "")] if len(said.segment("MSA")) > 3 else []
    found += [str(field) for each in said if str(each[0]) == "ERR" for field in list(each)[1:]]
    return " ".join(" ".join(found).split())[:300] or "–"
