"""The server under our storage service: who says nothing keeps nobody else out."""

import logging
import socket
import ssl
import threading
from collections import Counter
from socketserver import BaseServer
from typing import Any

from pynetdicom.transport import ThreadedAssociationServer

_LOG = logging.getLogger(__name__)

#: Seconds in which a connection must have come to an association, TLS included.
PATIENCE = 10.0


class AdmittingServer(ThreadedAssociationServer):
    """Each TLS handshake in its own thread and time; few silent connections of one address.

    pynetdicom's own does the handshake where it accepts connections: one that says nothing stops
    all. And whoever has not said its title counts among the associations.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        self._shaking: Counter[str] = Counter()
        self._lock = threading.Lock()
        super().__init__(*args, **named)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """A connection, still without TLS."""
        if self.socket is None:
            raise OSError("closed")
        connection, address = self.socket.accept()
        if self.ssl_context is not None:
            connection = self.ssl_context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def shutdown(self) -> None:
        """Stop serving and close the socket."""
        BaseServer.shutdown(self)
        self.server_close()

    def verify_request(self, _: Any, client_address: Any) -> bool:
        """Whether there is room for one more of this address that has said nothing yet."""
        address = str(client_address[0])
        silent = self._shaking[address] + sum(
            1
            for each in self.ae.active_associations
            if each.is_acceptor and not each.is_established and each.requestor.address == address
        )
        if silent < max(self.ae.maximum_associations // 2, 1):
            return True
        _LOG.warning("%s has %s connections that say nothing; one was ended", address, silent)
        return False

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """TLS, then the association."""
        if isinstance(request, ssl.SSLSocket) and not self._shaken(request, client_address):
            self.shutdown_request(request)
            return
        super().process_request_thread(request, client_address)

    def _shaken(self, request: ssl.SSLSocket, client_address: Any) -> bool:
        address = str(client_address[0])
        with self._lock:
            self._shaking[address] += 1
        try:
            request.settimeout(PATIENCE)
            request.do_handshake()
            request.settimeout(None)
        except OSError as error:  # SSLError is one
            _LOG.warning("no TLS with %s: %s", address, error)
            return False
        finally:
            with self._lock:
                self._shaking[address] -= 1
        return True
