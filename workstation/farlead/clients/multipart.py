"""Bodies of several parts, as DICOMweb sends and takes them (RFC 2046, RFC 2387)."""

import secrets
from collections.abc import Iterable, Iterator
from email.message import Message as Headers

from farlead.errors import PeerFailed
from farlead.messages import message

_BLANK = b"\r\n\r\n"


def parts(content_type: str, body: bytes) -> Iterator[bytes]:
    """The bytes of each part of a body; PeerFailed when it is cut off or no multipart.

    A body that is not multipart is its only part.
    """
    header = Headers()
    header["Content-Type"] = content_type
    if header.get_content_maintype() != "multipart":
        yield body
        return
    boundary = header.get_boundary()
    if not boundary:
        raise PeerFailed(message("peers.multipart"))
    mark = b"\r\n--" + boundary.encode("latin-1")
    rest = b"\r\n" + body
    at = rest.find(mark)
    while at >= 0:
        at += len(mark)
        if rest[at : at + 2] == b"--":
            return
        end = rest.find(mark, at)
        begin = rest.find(_BLANK, at, end)
        if end < 0 or begin < 0:
            break
        yield rest[begin + len(_BLANK) : end]
        at = end
    raise PeerFailed(message("peers.multipart"))


def related(kind: str, bodies: Iterable[bytes]) -> tuple[str, bytes]:
    """Content type and body of a ``multipart/related`` request.

    Parameters
    ----------
    kind : str
        Media type of each part.
    """
    boundary = f"farlead-{secrets.token_hex(16)}"
    chunks = []
    for body in bodies:
        chunks += [f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode(), body, b"\r\n"]
    chunks.append(f"--{boundary}--\r\n".encode())
    return f'multipart/related; type="{kind}"; boundary={boundary}', b"".join(chunks)
