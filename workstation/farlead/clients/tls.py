"""TLS contexts: verification is always on, and there is no way to switch it off."""

import os
import ssl
import stat
from pathlib import Path

from farlead.errors import SettingsError
from farlead.messages import message
from farlead.peers import Tls


def client_context(tls: Tls, folder: Path) -> ssl.SSLContext:
    """Context for connections that we make; SettingsError for a file that cannot be used.

    Parameters
    ----------
    tls : Tls
    folder : Path
        Against which relative paths count.
    """
    context = ssl.create_default_context()
    if tls.ca is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the stated authorities, no others
        _trust(context, folder / tls.ca)
    _identify(context, tls, folder)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def server_context(tls: Tls, folder: Path) -> ssl.SSLContext:
    """Context for connections that others make; with a CA they must show a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if tls.certificate is None:
        raise SettingsError(message("peers.no_certificate"))
    _identify(context, tls, folder)
    if tls.ca is not None:
        _trust(context, folder / tls.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _trust(context: ssl.SSLContext, file: Path) -> None:
    try:
        context.load_verify_locations(cafile=str(file))
    except OSError as error:  # SSLError is one
        raise _unusable(file, error) from error


def _identify(context: ssl.SSLContext, tls: Tls, folder: Path) -> None:
    if tls.certificate is None or tls.key is None:
        return
    certificate, key = folder / tls.certificate, folder / tls.key
    try:
        if _stands_open(key.stat()):
            raise SettingsError(message("peers.key_open", file=str(key)))
        context.load_cert_chain(certificate, key, password=_no_password)
    except OSError as error:
        raise _unusable(certificate if not certificate.is_file() else key, error) from error


def _stands_open(key: os.stat_result) -> bool:
    """Whether others can read it; what the system's administrator keeps may be its group's."""
    of_system = key.st_uid == 0 and os.geteuid() != 0
    return bool(stat.S_IMODE(key.st_mode) & (0o037 if of_system else 0o077))


def _no_password() -> bytes:
    """Without it OpenSSL would ask at the terminal for the password of a locked key."""
    return b""


def _unusable(file: Path, error: OSError) -> SettingsError:
    cause = error.strerror or type(error).__name__
    return SettingsError(message("peers.tls_file", file=str(file), cause=cause))
