"""Adding a reader: the account and the signing certificate name the same person."""

import os
from pathlib import Path

from farlead.access.demo_authority import key_file
from farlead.access.keys import Credential
from farlead.model.people import Account, Role
from farlead.settings import Settings, utc_now
from farlead.store import Store


def add_account(
    settings: Settings, login: str, name: str, role: Role, certificate: Path, pin: str
) -> Account:
    """Add an account, or give one another certificate.

    The PKCS#12 file is copied into the installation's keys, readable by the user alone and
    still locked with its PIN.

    Raises
    ------
    WrongPin, CredentialProblem
        The file does not open, or its certificate cannot sign now; nothing is changed.
    """
    credential = Credential.from_pkcs12(certificate, pin)
    credential.check(Account(0, login, name, role, credential.fingerprint), utc_now())
    with Store.of(settings) as store:
        settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy_private(certificate, key_file(settings, login))
        return store.add_account(login, name, role, certificate=credential.fingerprint)


def _copy_private(source: Path, target: Path) -> None:
    if target.exists() and source.samefile(target):
        return
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(source.read_bytes())
        os.fsync(file.fileno())
    part.replace(target)
