"""Answers that trickle: a peer that sends a byte now and then keeps within every single timeout.

So the whole answer has a limit too: the timeout, and the time that its bytes take on a slow line.
"""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

#: Bytes a second: what is slower for longer than the timeout is given up.
SLOWEST = 8_192


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._since: float | None = None
        self._got = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if timeout is None:
            return self._inner.read(max_bytes)
        if self._since is None:
            self._since, self._got = time.monotonic(), 0
        left = timeout + self._got / SLOWEST - (time.monotonic() - self._since)
        if left <= 0:
            raise httpcore.ReadTimeout("the answer trickles")
        block = self._inner.read(max_bytes, min(timeout, left))
        self._got += len(block)
        return block

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._since = None  # what is read from now on answers this
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        made = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(made)


def steady(transport: httpx.HTTPTransport) -> httpx.HTTPTransport:
    """The transport, with that limit on its answers."""
    # httpx hands no network backend on; tests/app/delivery/test_faults.py tells if this goes amiss.
    pool: Any = transport._pool  # noqa: SLF001 - see above
    pool._network_backend = _Backend(pool._network_backend)  # noqa: SLF001 - see above
    return transport
