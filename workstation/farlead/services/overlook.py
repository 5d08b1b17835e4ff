"""Wall, connections and numbers without a reading desk: for managers and administrators."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from farlead.access.accounts import Right, Session, require, sign_in
from farlead.desk import AuditDesk, FiguresDesk, Tending
from farlead.errors import PermissionDenied
from farlead.messages import message
from farlead.model.people import Account
from farlead.model.wall import Wall
from farlead.services.connections import tending
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store


@dataclass(frozen=True, slots=True)
class Overlook:
    """What one person may oversee.

    Parameters
    ----------
    account : Account
    figures : FiguresDesk
    tending : Tending
    trail : AuditDesk
    """

    account: Account
    figures: FiguresDesk
    tending: Tending
    trail: AuditDesk


class Overseeing:
    """An open store that nobody has signed in to yet.

    Parameters
    ----------
    settings : Settings
    store : Store
    login : str
    clock : callable
    """

    def __init__(self, settings: Settings, store: Store, login: str, clock: Clock) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        self.login = login

    @property
    def asks_password(self) -> bool:
        """Whether a password is asked here; a server's store has asked for it already."""
        return not self._store.keeps_passwords

    def enter(self, password: str = "") -> Overlook:
        """Sign in. SignInRefused, PermissionDenied."""
        account = (
            sign_in(self._store, self.login, password, self._settings.station)
            if self.asks_password
            else self._store.account(self.login)
        )
        return self._made(account)

    def hang(self) -> FiguresDesk:
        """The figures for a screen that nobody sits at: of an account that can only look.

        Raises
        ------
        PermissionDenied
            The account may do more than see figures: its rights do not belong on a wall.
        """
        account = self._store.account(self.login)
        session = Session(account, self._settings.station, self._clock())
        if session.may(Right.OPEN_STUDY) or session.may(Right.CONFIGURE) or account.disabled:
            raise PermissionDenied(message("access.not_for_a_wall", login=self.login))
        require(session, Right.SEE_FIGURES)
        self._store.audit(self.login, "wall.begun", f"account:{self.login}")
        return FiguresDesk(self._store, session, self._settings.promised)

    def _made(self, account: Account) -> Overlook:
        session = Session(account, self._settings.station, self._clock())
        require(session, Right.SEE_FIGURES)
        return Overlook(
            account,
            FiguresDesk(self._store, session, self._settings.promised),
            tending(self._settings, self._store, session, self._clock),
            AuditDesk(self._store, session),
        )


class WallOutlet:
    """Figures for a wall that hangs unattended: the store is opened when it can be.

    Parameters
    ----------
    settings : Settings
    login : str
    clock : callable
    """

    def __init__(self, settings: Settings, login: str, clock: Clock = utc_now) -> None:
        self._settings, self._login, self._clock = settings, login, clock
        self._store: Store | None = None
        self._figures: FiguresDesk | None = None
        self._lock = threading.Lock()

    def wall(self) -> Wall:
        """Everything on the wall, now. StoreError while there is no database."""
        with self._lock:
            if self._figures is None:
                self._figures = self._opened()
            return self._figures.wall()

    def close(self) -> None:
        """Close the store, if it was ever opened."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = self._figures = None

    def _opened(self) -> FiguresDesk:
        store = Store.of(self._settings, clock=self._clock)
        try:
            figures = Overseeing(self._settings, store, self._login, self._clock).hang()
        except BaseException:
            store.close()
            raise
        self._store = store
        return figures


@contextmanager
def open_overlook(
    settings: Settings, login: str, *, clock: Clock = utc_now
) -> Iterator[Overseeing]:
    """The store for somebody who oversees, closed at the end; NotFound, StoreError."""
    with Store.of(settings, clock=clock) as store:
        store.account(login)
        yield Overseeing(settings, store, login, clock)
