"""One HTTP connection pool to one peer; every failure in words, and what is known of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from farlead.clients.secrets import secret
from farlead.clients.steady import steady
from farlead.clients.tls import client_context
from farlead.errors import PeerFailed
from farlead.messages import Message, message
from farlead.peers import Tls

_REFUSED = 400
_LONGEST_ANSWER = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer answered: `kind` is the content type as stated."""

    peer: str
    status: int
    kind: str
    body: bytes

    def json(self, *, plain: bool = False) -> object:
        """The body as JSON, nothing for an empty one; PeerFailed when it is none.

        Parameters
        ----------
        plain : bool
            Only plain letters of it are looked at: that its names are in GB18030 does no harm.
        """
        try:
            return json.loads(self._text(plain=plain)) if self.body.strip() else None
        except ValueError as error:
            raise PeerFailed(message("peers.not_json", peer=self.peer)) from error

    def _text(self, *, plain: bool) -> str | bytes:
        try:
            self.body.decode("utf-8")
        except UnicodeDecodeError:
            return self.body.decode("gb18030") if plain else self.body
        return self.body


class Http:
    """Requests to one peer.

    Parameters
    ----------
    name : str
        Of the peer, for messages.
    url : str
        Root; paths are below it.
    folder : Path
        Home of the store: relative paths of certificates and passwords count from it.
    user, password : str or None
        The password as a reference (:func:`farlead.clients.secrets.secret`).
    tls : Tls
    timeout : float
        Seconds without an answer; one that trickles is given up, too.
    most_bytes : int
        Longest answer that is taken.

    Raises
    ------
    SettingsError
        A certificate or a password cannot be had.
    """

    def __init__(
        self,
        name: str,
        url: str,
        folder: Path,
        *,
        user: str | None = None,
        password: str | None = None,
        tls: Tls = Tls(),  # noqa: B008 - frozen
        timeout: float = 10.0,
        most_bytes: int = 1 << 30,
    ) -> None:
        self.name = name
        self._most = most_bytes
        word = secret(password, folder) if password is not None else ""
        context = client_context(tls, folder) if url.startswith("https") else True
        self._client = httpx.Client(
            base_url=url if url.endswith("/") else f"{url}/",
            auth=(user, word) if user is not None else None,
            transport=steady(httpx.HTTPTransport(verify=context)),
            timeout=httpx.Timeout(timeout, pool=None),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(
        self, path: str, *, query: Mapping[str, str] | None = None, accept: str = "*/*"
    ) -> Answer:
        """GET below the root; PeerFailed unless it went well."""
        return self._ask("GET", path, query=query, headers={"Accept": accept})

    def post(
        self,
        path: str,
        body: bytes,
        *,
        kind: str,
        accept: str = "*/*",
        refused_is_known: bool = True,
    ) -> Answer:
        """POST below the root; PeerFailed unless it went well.

        Parameters
        ----------
        refused_is_known : bool
            Whether an answer of refusal proves that nothing was taken.
        """
        headers = {"Accept": accept, "Content-Type": kind}
        return self._ask("POST", path, body=body, headers=headers, sure=refused_is_known)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str],
        body: bytes | None = None,
        sure: bool = True,
    ) -> Answer:
        # Values are put in as they are: servers take an escaped `*` or `^` for themselves.
        url = path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
        request = self._client.build_request(method, url, headers=dict(headers), content=body)
        try:
            got = self._client.send(request, stream=True)
            try:
                kind = got.headers.get("Content-Type", "")
                answer = Answer(self.name, got.status_code, kind, self._read(got))
            finally:
                got.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise PeerFailed(self._told(error), nothing_done=True) from error
        except httpx.HTTPError as error:
            raise PeerFailed(self._told(error), nothing_done=method == "GET") from error
        if answer.status >= _REFUSED:
            raise PeerFailed(self._refusal(answer), nothing_done=sure, status=answer.status)
        return answer

    def _read(self, answer: httpx.Response) -> bytes:
        """The body, as far as is allowed: an endless answer must not fill the memory."""
        chunks, size = [], 0
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > self._most:
                raise PeerFailed(message("peers.too_long", peer=self.name, limit=self._most))
            chunks.append(chunk)
        return b"".join(chunks)

    def _told(self, error: httpx.HTTPError) -> Message:
        cause = str(error) or type(error).__name__
        if isinstance(error, httpx.TimeoutException):
            return message("peers.timeout", peer=self.name)
        if "CERTIFICATE_VERIFY_FAILED" in cause or "SSL" in cause:
            return message("peers.tls", peer=self.name, cause=cause)
        if isinstance(error, httpx.ConnectError):
            return message("peers.unreachable", peer=self.name, cause=cause)
        return message("peers.broken", peer=self.name, cause=cause)

    def _refusal(self, answer: Answer) -> Message:
        said = " ".join(answer.body.decode("utf-8", "replace").split())[:_LONGEST_ANSWER]
        return message("peers.refused", peer=self.name, status=answer.status, said=said)
