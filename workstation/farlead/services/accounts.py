"""Readers and their certificates: the account and the certificate name the same person."""

import os
import re
from pathlib import Path

from farlead.access.accounts import hash_password
from farlead.access.demo_authority import key_file
from farlead.access.keys import Credential
from farlead.errors import CredentialProblem, SettingsError
from farlead.messages import message
from farlead.model.people import Account, Role, Unit
from farlead.settings import Settings, utc_now
from farlead.store import Store

SHORTEST_PASSWORD = 8

#: A login names a file among the keys, so it has no separators, dots or spaces.
_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,32}")


def add_account(
    settings: Settings, login: str, name: str, role: Role, certificate: Path | None, pin: str
) -> Account:
    """Add an account; a reader with a signing certificate.

    The PKCS#12 file is copied into the installation's keys, readable by the user alone and
    still locked with its PIN.

    Raises
    ------
    SettingsError
        The login cannot be used, or there is such an account.
    WrongPin, CredentialProblem
        The file does not open, its certificate cannot sign now, names another person or
        belongs to another account. Nothing is changed.
    """
    if not _LOGIN.fullmatch(login):
        raise SettingsError(message("services.bad_login", login=login))
    with Store.of(settings) as store:
        if login in {account.login for account in store.accounts()}:
            raise SettingsError(message("services.known_login", login=login))
        if certificate is None:
            return store.add_account(login, name, role)
        return _certified(settings, store, Account(0, login, name, role), certificate, pin)


def add_unit(settings: Settings, unit: Unit) -> None:
    """Add a unit to the store, or give a known one its new name.

    Raises
    ------
    SettingsError
        The code cannot be used as the name of a folder.
    """
    if not _LOGIN.fullmatch(unit.code):
        raise SettingsError(message("services.bad_login", login=unit.code))
    with Store.of(settings) as store:
        store.add_unit(unit)


def set_password(settings: Settings, login: str, password: str, actor: str) -> None:
    """Give an account another password; on a hub the server keeps it.

    Raises
    ------
    SettingsError
        It is too short.
    NotFound
    """
    if len(password) < SHORTEST_PASSWORD:
        raise SettingsError(message("services.short_password", least=SHORTEST_PASSWORD))
    with Store.of(settings) as store:
        store.set_password(login, password, hash_password(password), actor)


def renew_certificate(settings: Settings, login: str, certificate: Path, pin: str) -> Account:
    """Give an account another certificate of the same person; errors as :func:`add_account`."""
    with Store.of(settings) as store:
        return _certified(settings, store, store.account(login), certificate, pin)


def _certified(
    settings: Settings, store: Store, account: Account, certificate: Path, pin: str
) -> Account:
    credential = Credential.from_pkcs12(certificate, pin)
    fingerprint = credential.fingerprint
    # Authorities add numbers to the name in a certificate; the name itself must be there.
    if account.name not in credential.name:
        told = message("services.other_name", certificate=credential.name, name=account.name)
        raise CredentialProblem(told)
    for other in store.accounts():
        if other.certificate == fingerprint and other.login != account.login:
            raise CredentialProblem(message("services.shared_certificate", login=other.login))
    credential.check(
        Account(account.id, account.login, account.name, account.role, fingerprint), utc_now()
    )
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    _copy_private(certificate, key_file(settings, account.login))
    return store.add_account(account.login, account.name, account.role, certificate=fingerprint)


def _copy_private(source: Path, target: Path) -> None:
    if target.exists() and source.samefile(target):
        return
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
