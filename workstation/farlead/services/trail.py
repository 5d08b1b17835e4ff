"""The audit trail's marks: signed by the service, copied out of the store, and compared with it.

Who owns the database can write every chain and every mark anew, so that they fit one another. The
copies are elsewhere, and their signatures say who made them.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from logging.handlers import SysLogHandler
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from farlead.clients.secrets import own_key
from farlead.errors import StoreError
from farlead.messages import Message, message
from farlead.settings import Settings
from farlead.store import Store
from farlead.store.audit import AuditMark

_SCHEME = "ed25519"
_LATE = timedelta(hours=2)  # marks are written and copied every hour


def mark_trail(settings: Settings, store: Store) -> None:
    """Write a mark under the service's signature; SettingsError when its key cannot be had."""
    store.mark_audit(_signer(settings))


def copy_trail(settings: Settings, store: Store) -> None:
    """Copy out every mark that is not there yet.

    Raises
    ------
    StoreError
        The copy cannot be written; the marks stand, and are copied the next time.
    """
    file = settings.audit_copy
    try:
        there = set(_copies(file))
        new = [mark for mark in store.audit_marks() if mark not in there]
        _append(file, [_line(mark) for mark in new])
        if settings.audit.syslog:
            _tell(settings.audit.syslog, new)
    except (OSError, ValueError) as error:
        raise StoreError(_uncopied(file, str(error))) from error


def verify_trail(settings: Settings, store: Store) -> list[Message]:
    """What is wrong with chains, marks and copies; empty when all is whole."""
    file = settings.audit_copy
    try:
        copies = _copies(file)
    except (OSError, ValueError) as error:
        return [_uncopied(file, str(error)), *store.verify_audit()]
    marks = store.audit_marks()
    found = store.verify_audit(copies)
    found += [_told("trail.mark_forged", mark) for mark in _forged(marks)]
    there = set(marks)
    found += [_told("trail.mark_gone", copy) for copy in copies if copy not in there]
    if copies and marks and marks[-1].at > copies[-1].at + _LATE:
        found.append(_uncopied(file, _shown(copies[-1].at)))
    return found


def _signer(settings: Settings) -> Callable[[bytes], str]:
    """Signs with the service's key; the public one stands beside each signature."""
    own = own_key(f"audit:{settings.folder}", settings.keys / "audit.key")
    key = Ed25519PrivateKey.from_private_bytes(own.key)
    public = key.public_key().public_bytes_raw().hex()
    return lambda said: f"{_SCHEME}:{public}:{key.sign(said).hex()}"


def _forged(marks: Sequence[AuditMark]) -> Iterable[AuditMark]:
    """Marks whose signature is not of what they say, or that follow a signed one without any."""
    before, signed = "", False
    for mark in marks:
        if not (_genuine(mark, before) if mark.signature else not signed):
            yield mark
        before, signed = mark.signature, signed or bool(mark.signature)


def _genuine(mark: AuditMark, before: str) -> bool:
    try:
        scheme, public, signature = mark.signature.split(":")
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), mark.said(before))
    except (ValueError, InvalidSignature):
        return False
    return scheme == _SCHEME


def _line(mark: AuditMark) -> str:
    kept = {"at": mark.at.isoformat(), "heads": mark.heads, "signature": mark.signature}
    return json.dumps(kept, ensure_ascii=False)


def _copies(file: Path) -> list[AuditMark]:
    if not file.exists():
        return []
    return [_mark(json.loads(line)) for line in _whole(file.read_bytes()).splitlines()]


def _whole(data: bytes) -> bytes:
    """Without what a crash left of the last line."""
    return data[: data.rfind(b"\n") + 1]


def _mark(kept: object) -> AuditMark:
    match kept:
        case {"at": str(at), "heads": str(heads), "signature": str(signature)}:
            return AuditMark(datetime.fromisoformat(at), heads, signature)
    raise ValueError("a line is no mark")


def _append(file: Path, lines: Sequence[str]) -> None:
    """On the disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(handle, "r+b") as out:
        out.truncate(out.seek(len(_whole(out.read()))))
        out.write("".join(f"{line}\n" for line in lines).encode())
        out.flush()
        os.fsync(out.fileno())


def _tell(address: str, marks: Iterable[AuditMark]) -> None:
    """To a syslog: ``HOST:PORT`` by UDP, or the path of a socket; heads as their hash."""
    host, _, port = address.rpartition(":")
    handler = SysLogHandler((host, int(port)) if host else address)
    handler.ident = "farlead-audit: "
    try:
        for mark in marks:
            kept = {
                "at": mark.at.isoformat(),
                "heads_sha256": hashlib.sha256(mark.heads.encode()).hexdigest(),
                "signature": mark.signature,
            }
            handler.emit(logging.makeLogRecord({"msg": json.dumps(kept), "levelno": logging.INFO}))
    finally:
        handler.close()


def _uncopied(file: Path, cause: str) -> Message:
    return message("trail.not_copied", file=str(file), cause=cause)


def _told(identifier: str, mark: AuditMark) -> Message:
    return message(identifier, at=_shown(mark.at))


def _shown(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
