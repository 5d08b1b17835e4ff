"""Who a patient is: keyed hashes of numbers, never the numbers themselves.

The key is a file of 32 random bytes that only this installation has, so the hashes of a lost
database cannot be matched against a list of all identity numbers.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from farlead.model.people import PLACEHOLDERS, Patient, normal_number

_FILE = "identity.key"

#: Shorter than any national identity or health-card number: a typing aid, not an identity.
_SHORTEST_NATIONAL = 6


class IdentifierKind(StrEnum):
    """Kinds of number, the strongest first."""

    NATIONAL_ID = "national_id"
    HEALTH_CARD = "health_card"
    LOCAL_NUMBER = "local_number"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number as it is kept: its keyed hash and a form to show.

    `scope` is the unit of a local number, empty for the others.
    """

    kind: IdentifierKind
    scope: str
    hash: str
    masked: str


class IdentityKey:
    """Makes the keyed hashes.

    Parameters
    ----------
    key : bytes
        Secret of this installation.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, folder: Path) -> "IdentityKey":
        """Key of the installation; made at the first start, readable by its owner alone."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / _FILE
        if not file.exists():
            _make(file)
        return cls(file.read_bytes())

    @staticmethod
    def lies_in(folder: Path) -> bool:
        """Whether there is a key already."""
        return (folder / _FILE).exists()

    @property
    def fingerprint(self) -> str:
        """Tells whether a store belongs to this key; says nothing about the key."""
        return self._hash(IdentifierKind.LOCAL_NUMBER, "", "fingerprint")[:16]

    def identifiers(self, unit: str, patient: Patient) -> tuple[Identifier, ...]:
        """Numbers of a patient that identify, the strongest first; placeholders are left out."""
        stated = (
            (IdentifierKind.NATIONAL_ID, "", patient.national_id),
            (IdentifierKind.HEALTH_CARD, "", patient.health_card),
            (IdentifierKind.LOCAL_NUMBER, unit, patient.local_number),
        )
        return tuple(
            Identifier(kind, scope, self._hash(kind, scope, number), mask(number))
            for kind, scope, raw in stated
            if (number := normal_number(raw)) and _identifies(kind, number)
        )

    def _hash(self, kind: IdentifierKind, scope: str, number: str) -> str:
        text = "\x1f".join((kind, scope, number))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def mask(number: str) -> str:
    """Form that may be shown: the ends of a long number, the last two of a short one.

    >>> mask("110101199003078515")
    '1101************15'
    """
    if len(number) >= 12:
        return f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}"
    return f"{'*' * max(len(number) - 2, 1)}{number[-2:] if len(number) > 2 else ''}"


def masked(patient: Patient) -> Patient:
    """The patient with national identity and health card as they may be kept and shown."""
    return replace(
        patient,
        national_id=_masked(patient.national_id),
        health_card=_masked(patient.health_card),
    )


def _masked(number: str | None) -> str | None:
    normal = normal_number(number)
    return mask(normal) if normal else None


def _identifies(kind: IdentifierKind, number: str) -> bool:
    if number in PLACEHOLDERS or not any(c.isalnum() for c in number) or set(number) == {"0"}:
        return False
    if kind is IdentifierKind.LOCAL_NUMBER:
        return True
    return len(number) >= _SHORTEST_NATIONAL and len(set(number)) > 1


def _make(file: Path) -> None:
    """Whole or not at all, and the first of several processes wins."""
    part = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(handle, secrets.token_bytes(32))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(part, file)
    except FileExistsError:
        pass  # another process made the key first; ours is thrown away
    finally:
        part.unlink()
