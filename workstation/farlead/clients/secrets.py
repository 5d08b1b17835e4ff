"""Passwords of peers: in the system's keyring or in a file that only we can read.

Keys of our own are kept the same way (:func:`own_key`).
"""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

import keyring
from keyring.errors import KeyringError

from farlead.errors import SettingsError
from farlead.messages import message

#: Name under which the keyring holds our passwords.
SERVICE = "farlead"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A secret key, and whether the system's keyring holds it or a file does."""

    key: bytes
    in_keyring: bool


def secret(reference: str, folder: Path) -> str:
    """The password that a settings file refers to.

    Parameters
    ----------
    reference : str
        ``keyring:NAME``, ``file:PATH`` or ``plain:WORD``.
    folder : Path
        Against which a relative path counts.

    Raises
    ------
    SettingsError
        There is none, or others can read the file.
    """
    where, _, name = reference.partition(":")
    if where == "plain":
        return name
    return _of_file(folder / name) if where == "file" else _of_keyring(name)


def own_key(name: str, file: Path) -> OwnKey:
    """A key of 32 bytes, made at the first call: in the keyring, or in `file` without one.

    Raises
    ------
    SettingsError
        Others can read the file, it is damaged, or it cannot be written.
    """
    if file.exists():
        return OwnKey(_key_of(_of_file(file), file), in_keyring=False)
    try:
        kept = keyring.get_password(SERVICE, name)
        if kept is None:
            kept = secrets.token_hex(_KEY_BYTES)
            keyring.set_password(SERVICE, name, kept)
        return OwnKey(_key_of(kept, file), in_keyring=True)
    except KeyringError:
        return OwnKey(_key_of(_made(file), file), in_keyring=False)


def _key_of(text: str, file: Path) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise SettingsError(message("peers.key_damaged", file=str(file)))
    return key


def _made(file: Path) -> str:
    """Write a new key, readable by the user alone; another process may have been quicker."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _of_file(file)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise SettingsError(message("peers.secret_file", file=str(file), cause=cause)) from error
    made = secrets.token_hex(_KEY_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(made)
        opened.flush()
        os.fsync(opened.fileno())
    return made


def stands_open(reference: str | None) -> bool:
    """Whether a password stands in the settings in clear."""
    return reference is not None and reference.startswith("plain:")


def _of_file(file: Path) -> str:
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise SettingsError(message("peers.secret_open", file=str(file)))
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(message("peers.secret_file", file=str(file), cause=cause)) from error


def _of_keyring(name: str) -> str:
    try:
        found = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise SettingsError(message("peers.no_keyring", name=name)) from error
    if found is None:
        raise SettingsError(message("peers.not_in_keyring", name=name))
    return found
