"""Who is logged in, what a role may do, and passwords.

Rights are checked in the desk before anything is done; the table below is the whole of it.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from farlead.errors import NotFound, PermissionDenied, SignInRefused
from farlead.messages import Message, message
from farlead.model.people import Account, Role
from farlead.settings import Clock, utc_now
from farlead.store import Store
from farlead.store.people import wait_after


class Right(StrEnum):
    """What can be done; each is named in a refusal by ``access.right.NAME``."""

    SEE_LIST = "see_list"
    OPEN_STUDY = "open_study"
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    WRITE_REPORT = "write_report"
    SIGN_REPORT = "sign_report"
    REVIEW_REPORT = "review_report"
    REQUEST_RETAKE = "request_retake"
    HANDLE_CRITICAL = "handle_critical"
    IMPORT_STUDY = "import_study"
    RECONCILE = "reconcile"
    SEE_FIGURES = "see_figures"
    CONFIGURE = "configure"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_AUDIT = "read_audit"


_READ = frozenset({Right.SEE_LIST, Right.OPEN_STUDY, Right.SEE_FIGURES})
_REPORT = _READ | {
    Right.CLAIM,
    Right.TAKE_OVER,
    Right.WRITE_REPORT,
    Right.SIGN_REPORT,
    Right.REQUEST_RETAKE,
    Right.HANDLE_CRITICAL,
    Right.RECONCILE,
}

#: The last three read no patient's study and exclude one another.
RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.READER: _REPORT,
        Role.SENIOR_READER: _REPORT | {Right.REVIEW_REPORT},
        Role.TECHNICIAN: _READ | {Right.IMPORT_STUDY, Right.REQUEST_RETAKE, Right.RECONCILE},
        Role.MANAGER: frozenset({Right.SEE_LIST, Right.SEE_FIGURES, Right.READ_AUDIT}),
        Role.SYSTEM_ADMINISTRATOR: frozenset({Right.CONFIGURE, Right.SEE_FIGURES}),
        Role.SECURITY_ADMINISTRATOR: frozenset({Right.MANAGE_ACCOUNTS}),
        Role.AUDITOR: frozenset({Right.READ_AUDIT, Right.SEE_FIGURES}),
    }
)


@dataclass(frozen=True, slots=True)
class Session:
    """One person at one station, from log-in to log-out."""

    account: Account
    station: str
    started: datetime

    def may(self, right: Right) -> bool:
        """Whether the account's role has this right."""
        return right in RIGHTS[self.account.role]


def require(session: Session, right: Right) -> None:
    """Raise PermissionDenied, naming role and right, unless the session has it."""
    if not session.may(right):
        raise PermissionDenied(
            message(
                "access.denied",
                name=session.account.name,
                role=f"@access.role.{session.account.role}",
                right=f"@access.right.{right}",
            )
        )


def sign_in(store: Store, login: str, password: str, station: str) -> Account:
    """The account of a person who says name and password.

    Wrong passwords make the next try wait, longer each time; while it waits, a right one is not
    looked at either. Every try is in the audit trail.

    Raises
    ------
    SignInRefused
        Says whether to wait; never whether the name or the password was wrong.
    """
    try:
        account, stored = store.account(login), store.password_hash(login)
    except NotFound:
        password_matches(password, _nobody())  # so that an unknown name takes as long
        store.audit("unknown", "session.refused", "account:unknown", {"station": station})
        raise SignInRefused(message("access.sign_in_wrong")) from None
    until = store.locked_until(login)
    if until is not None and until > store.now():
        raise SignInRefused(_resting(until))
    right = password_matches(password, stored or _nobody()) and account.disabled is None
    until = store.note_sign_in(login, station, right=right)
    if right:
        return account
    raise SignInRefused(message("access.sign_in_wrong") if until is None else _resting(until))


def _resting(until: datetime) -> Message:
    return message("access.sign_in_rests", until=until.astimezone().strftime("%H:%M:%S"))


class SignedIn:
    """The password with which a person has signed in: it opens the locked station again.

    Nothing of the database is asked, so that it works while that is away; wrong passwords make the
    next try wait, as they do at log-in. Safe to use from several threads.

    Parameters
    ----------
    password : str
        Only its hash is kept.
    clock : callable
    """

    def __init__(self, password: str, clock: Clock = utc_now) -> None:
        self._hash = hash_password(password)
        self._clock = clock
        self._wrong = 0
        self._until: datetime | None = None
        self._lock = threading.Lock()

    def check(self, password: str) -> None:
        """SignInRefused unless it is the same; says until when no further one is looked at."""
        with self._lock:
            now = self._clock()
            if self._until is not None and now < self._until:
                raise SignInRefused(_resting(self._until))
            if password_matches(password, self._hash):
                self._wrong, self._until = 0, None
                return
            self._wrong += 1
            wait = wait_after(self._wrong)
            self._until = now + wait if wait else None
            wrong = message("access.password_wrong")
            raise SignInRefused(wrong if self._until is None else _resting(self._until))


_HASHER = PasswordHasher()


@cache
def _nobody() -> str:
    """Hash of a password that nobody has."""
    return _HASHER.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """argon2id hash with its own salt and parameters, as text for the store."""
    return _HASHER.hash(password)


def password_matches(password: str, stored: str) -> bool:
    """Whether `password` belongs to the stored hash; a damaged hash matches nothing."""
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
