"""Passwords of peers: in the system's keyring or in a file that only we can read."""

import stat
from pathlib import Path

import keyring
from keyring.errors import KeyringError

from farlead.errors import SettingsError
from farlead.messages import message

#: Name under which the keyring holds our passwords.
SERVICE = "farlead"


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
