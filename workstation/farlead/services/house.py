"""The composition root: settings in, a working house out."""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from farlead.access.accounts import Session, SignedIn, sign_in
from farlead.access.demo_authority import key_file
from farlead.access.keys import KeyRing, Pkcs12File
from farlead.access.signing_key import Token
from farlead.desk import StationDesk
from farlead.errors import NotFound, SandboxError, SettingsError, StoreError, UnreadableFile
from farlead.exchange.delivery import Telling
from farlead.exchange.intake import FolderIntake
from farlead.exchange.intake.spool import hand_in
from farlead.exchange.turns import Turns
from farlead.messages import Message, message
from farlead.model.people import Account
from farlead.objects import ObjectFolder
from farlead.objects.archives import Archives
from farlead.objects.entries import Bounds
from farlead.objects.hub import HubObjects
from farlead.reporting.compositor import compositor
from farlead.sandbox import Sandbox
from farlead.services.archives import ArchiveService
from farlead.services.confined import digest_confined, open_sandbox
from farlead.services.connections import tending
from farlead.services.ordering import OrderPollService, OrderService, order_polls
from farlead.services.screening import ScreeningService
from farlead.services.transport import (
    ClaimService,
    CriticalService,
    DeliveryService,
    IntakeService,
)
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

_SIDECAR = ".request.json"
_MOST_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of files that were imported.

    Parameters
    ----------
    taken, quarantined, waiting : int
        Files stored, set aside, and left in the inbox.
    studies : tuple of int
        Studies that hold what was taken or set aside.
    reasons : tuple of Message
        Why files were set aside, and what a person has to mend.
    """

    taken: int
    quarantined: int
    waiting: int
    studies: tuple[int, ...]
    reasons: tuple[Message, ...]


class Services:
    """Store, objects and confined processes of one installation, and the services over them.

    Parameters
    ----------
    settings : Settings
    clock : callable
    person : tuple of login and password, optional
        Who signs in to a hub whose address names nobody.

    Notes
    -----
    Intake and readers each have a confined process of their own, screening one for each core,
    started when it is first needed: a study that hangs one does not hold up the others.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = utc_now,
        person: tuple[str, str] | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        with ExitStack() as stack:
            self.store = stack.enter_context(Store.of(settings, clock=clock, person=person))
            self.turns = Turns(self.store, timedelta(seconds=settings.work_seconds))
            self.sandbox = stack.enter_context(open_sandbox(settings))
            self.objects = objects_of(settings, self.store, self.sandbox)
            stack.callback(self.objects.close)
            self._screening_sandboxes = [
                stack.enter_context(open_sandbox(settings)) for _ in range(_at_once())
            ]
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back what is in hand and close everything that was opened."""
        with self._stack, suppress(StoreError):  # else it is over when its time is
            self.turns.close()

    def intake(self, arrived: Callable[[], None] = lambda: None) -> IntakeService:
        """Service that takes in uploads; `arrived` is called when some have been taken."""
        return IntakeService(
            self.settings, self.store, self.objects, self.sandbox, self.clock, self.turns, arrived
        )

    def archives(self, stopped: Callable[[], bool]) -> list[ArchiveService]:
        """A service for each archive from which studies are taken."""
        return [
            ArchiveService(
                self.settings, each, self.store, self.sandbox, self.clock, stopped, self.turns
            )
            for each in self.settings.archives
            if each.take
        ]

    def screening(self, stopped: Callable[[], bool] = lambda: False) -> ScreeningService:
        """Service that screens what is pending."""
        return ScreeningService(
            self.settings, self.store, self.objects, self._screening_sandboxes, self.turns, stopped
        )

    def delivery(self) -> DeliveryService:
        """Service that brings signed reports back."""
        return DeliveryService(self.settings, self.store, self.objects, self.clock, self.turns)

    def telling(self) -> Telling:
        """Service that tells units how far their studies are."""
        return Telling(self.settings, self.store, self.clock, self.turns)

    def orders(self) -> OrderService:
        """Service that takes orders by HL7 and looks for their studies."""
        return OrderService(self.settings, self.store, self.clock, self.turns)

    def order_polls(self) -> list[OrderPollService]:
        """A service for each list of orders that is asked for."""
        return list(order_polls(self.settings, self.store, self.clock, self.turns))

    def claims(self) -> ClaimService:
        """Service that ends claims."""
        return ClaimService(self.settings, self.store, self.clock, self.turns)

    def critical(self) -> CriticalService:
        """Service that looks at the clocks of critical values."""
        return CriticalService(self.store, f"serve {socket.gethostname()}")

    def retry_parked(self, number: str) -> int:
        """Send the parked reports of a study on their way again; how many. NotFound."""
        parked = self.store.parked_deliveries(number)
        for delivery in parked:
            self.store.unpark(delivery.id)
        return len(parked)

    def import_files(self, unit: str, files: Sequence[Path]) -> Imported:
        """Take in copies of these files as if the unit had uploaded them.

        A sidecar ``NAME.request.json`` that lies beside a file goes with it.

        Raises
        ------
        SettingsError
            No unit has this code.
        """
        if unit not in {known.code for known in self.settings.units}:
            raise SettingsError(message("services.no_unit", unit=unit))
        inbox = self.settings.inbox(unit)
        inbox.mkdir(parents=True, exist_ok=True)
        for file in files:
            self._hand_in(file, inbox)
        intake = FolderIntake(
            self.settings, self.store, self.objects, self.sandbox, self.clock, self.turns
        )
        rounds = [intake.run_once(), intake.run_once()]
        while rounds[-1].taken or rounds[-1].quarantined:
            rounds.append(intake.run_once())
        studies = tuple(dict.fromkeys(study for result in rounds for study in result.studies))
        refused = (self.store.study(study).quarantine for study in studies)
        return Imported(
            taken=sum(result.taken for result in rounds),
            quarantined=sum(result.quarantined for result in rounds),
            waiting=rounds[-1].waiting,
            studies=studies,
            reasons=(*(told for told in refused if told), *rounds[-1].troubles),
        )

    def _hand_in(self, file: Path, inbox: Path) -> None:
        """Copy a file and its sidecar into the inbox; the file appears last and whole.

        A header that names files beside it goes with them in a ZIP.
        """
        whole = self._packed(file)
        name = file.name if whole is None else f"{file.stem}.zip"
        beside = (file.with_name(file.name + _SIDECAR), file.with_suffix(_SIDECAR))
        request = next((each.read_bytes() for each in beside if each.is_file()), None)
        hand_in(
            file if whole is None else whole,
            inbox,
            name,
            request=request,
            settle=self.settings.settle_seconds,
        )

    def _packed(self, file: Path) -> bytes | None:
        try:
            found = self.sandbox.call("farlead.formats:packed", file)
        except (SandboxError, UnreadableFile):
            return None  # intake says what is wrong with it, and keeps it
        return found if isinstance(found, bytes) else None


def _at_once() -> int:
    """How many studies are screened at the same time."""
    return max(1, min(len(os.sched_getaffinity(0)), _MOST_AT_ONCE))


def objects_of(settings: Settings, store: Store, sandbox: Sandbox) -> ObjectFolder:
    """The bytes of an installation: a folder, or the hub's database and archives with a cache.

    `sandbox` is where it is found out what other bytes of an archive say.
    """
    if settings.database is None:
        return ObjectFolder(settings.objects)
    archives = Archives(
        settings.archives,
        settings.folder,
        store,
        partial(digest_confined, sandbox, seconds=settings.decode_seconds),
        most_bytes=settings.largest_file,
    )
    bounds = Bounds(settings.cache_bytes, settings.cache_days * 86_400.0)
    return HubObjects(settings.objects, store, bounds, archives)


@contextmanager
def open_services(settings: Settings, *, clock: Clock = utc_now) -> Iterator[Services]:
    """The services of an installation, closed at the end."""
    with Services(settings, clock=clock) as house:
        yield house


def _token(settings: Settings, account: Account) -> Token:
    """Where the key of an account lives."""
    tokens = settings.signing.tokens
    if tokens is None:
        return Pkcs12File(key_file(settings, account.login))
    # Here, because a vendor's driver is for those who have one.
    from farlead.access.pkcs11 import Pkcs11Token  # noqa: PLC0415

    return Pkcs11Token(tokens.module, tokens.label, account.certificate)


def asks_who(settings: Settings, login: str | None) -> bool:
    """Whether somebody has to sign in before a desk can be opened; NotFound.

    At a hub whose address names nobody, and where the account that reads here has no key whose
    PIN would unlock the station.
    """
    if Store.asks_who(settings):
        return True
    if login is None or settings.demo:
        return False
    with Store.of(settings) as store:
        return store.account(login).certificate is None


@contextmanager
def open_desk(
    settings: Settings,
    login: str,
    *,
    word: str | None = None,
    station: str | None = None,
    clock: Clock = utc_now,
) -> Iterator[StationDesk]:
    """The desk of an account at this station, closed at the end.

    Parameters
    ----------
    word : str, optional
        What the person said to sign in: the password, or the PIN where the account has none.
        Without one the desk is opened for a station that is still locked.

    Raises
    ------
    SignInRefused, WrongPin, CredentialProblem
        The word is not the one.
    NotFound, ComposeError
    """
    seat = station or settings.station
    at_hub = word is not None and Store.asks_who(settings)
    person = (login, word) if word is not None and at_hub else None
    with Services(settings, clock=clock, person=person) as house:
        password = None
        if word is not None and (at_hub or not _by_pin(house.store, login)):
            if not at_hub:
                sign_in(house.store, login, word, seat)
            password = SignedIn(word, clock)
        desk = _desk(house, login, seat, password)
        try:
            if word is not None and password is None:
                desk.open_key(word)
            desk.begin()
            yield desk
            desk.end()
        finally:
            desk.close()


def _by_pin(store: Store, login: str) -> bool:
    """Whether an account has no password, only a key."""
    with suppress(NotFound):
        return store.password_hash(login) is None
    return False  # an unknown name takes as long, and is told the same


def _desk(house: Services, login: str, seat: str, password: SignedIn | None) -> StationDesk:
    settings, clock = house.settings, house.clock
    account = house.store.account(login)
    keys = KeyRing(
        _token(settings, account),
        account,
        minutes=settings.signing.key_minutes,
        signatures=settings.signing.key_signatures,
        clock=clock,
    )
    session = Session(account, seat, clock())
    return StationDesk(
        settings,
        house.store,
        house.objects,
        house.sandbox,
        session,
        keys,
        compositor(),
        clock=clock,
        tending=tending(settings, house.store, session, clock),
        password=password,
    )
