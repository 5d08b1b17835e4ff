"""The composition root: settings in, a working house out."""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509

from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file, trusted
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.errors import SettingsError
from farlead.exchange.intake import IntakeResult
from farlead.messages import message
from farlead.objects import ObjectFolder
from farlead.reporting.compositor import compositor
from farlead.reporting.signing import Verification, verify
from farlead.services.confined import open_sandbox
from farlead.services.screening import ScreeningService
from farlead.services.transport import ClaimService, DeliveryService, IntakeService
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

_SIDECAR = ".request.json"
_MOST_ROUNDS = 20


class Services:
    """Store, objects and confined processes of one installation, and the services over them.

    Parameters
    ----------
    settings : Settings
    clock : callable

    Notes
    -----
    Intake, screening and readers each have a confined process of their own, started when it
    is first needed: a study that hangs one does not hold up the others.
    """

    def __init__(self, settings: Settings, *, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        with ExitStack() as stack:
            self.store = stack.enter_context(Store.of(settings, clock=clock))
            self.objects = ObjectFolder(settings.objects)
            self.sandbox = stack.enter_context(open_sandbox(settings))
            self._screening_sandbox = stack.enter_context(open_sandbox(settings))
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
        """Close everything that was opened."""
        self._stack.close()

    def intake(self) -> IntakeService:
        """Service that takes in uploads."""
        return IntakeService(self.settings, self.store, self.objects, self.sandbox, self.clock)

    def screening(self) -> ScreeningService:
        """Service that screens what is pending."""
        return ScreeningService(self.settings, self.store, self.objects, self._screening_sandbox)

    def delivery(self) -> DeliveryService:
        """Service that brings signed reports back."""
        return DeliveryService(self.settings, self.store, self.objects, self.clock)

    def claims(self) -> ClaimService:
        """Service that ends claims."""
        return ClaimService(self.store, self.clock)

    def import_files(self, unit: str, files: Sequence[Path]) -> IntakeResult:
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
            _hand_in(file, inbox)
        # The copies are whole already, so there is nothing to settle.
        at_once = self.settings.model_copy(update={"settle_seconds": 0.0})
        service = IntakeService(at_once, self.store, self.objects, self.sandbox, self.clock)
        return _until_still(service)


def _hand_in(file: Path, inbox: Path) -> None:
    """Copy a file and its sidecar into the inbox; the file appears last and whole."""
    mark = secrets.token_hex(4)
    for sidecar in (file.with_name(file.name + _SIDECAR), file.with_suffix(_SIDECAR)):
        if sidecar.is_file():
            _copy_whole(sidecar, inbox / f"{mark}-{sidecar.name}")
            break
    _copy_whole(file, inbox / f"{mark}-{file.name}")


def _copy_whole(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    part.replace(target)


def _until_still(service: IntakeService) -> IntakeResult:
    """Run until a round takes nothing more; the sum of all rounds."""
    total = service.run_once()
    for _ in range(_MOST_ROUNDS):
        more = service.run_once()
        total = total.plus(more)
        if not (more.taken or more.quarantined):
            break
    return total


@contextmanager
def open_services(settings: Settings, *, clock: Clock = utc_now) -> Iterator[Services]:
    """The services of an installation, closed at the end."""
    with Services(settings, clock=clock) as house:
        yield house


@contextmanager
def open_desk(
    settings: Settings, login: str, *, station: str | None = None, clock: Clock = utc_now
) -> Iterator[Desk]:
    """The desk of an account at this station, closed at the end; NotFound, ComposeError."""
    with Services(settings, clock=clock) as house:
        account = house.store.account(login)
        keys = KeyRing(
            key_file(settings, login),
            account,
            minutes=settings.signing.key_minutes,
            signatures=settings.signing.key_signatures,
            clock=clock,
        )
        session = Session(account, station or settings.station, clock())
        desk = Desk(
            settings,
            house.store,
            house.objects,
            house.sandbox,
            session,
            keys,
            compositor(),
            clock=clock,
        )
        house.store.audit(login, "session.begun", f"account:{login}", {"station": session.station})
        try:
            yield desk
        finally:
            desk.close()
            house.store.audit(login, "session.ended", f"account:{login}", None)


def verify_report(settings: Settings, pdf: bytes, trust: Sequence[Path] = ()) -> Verification:
    """Verify a signed report against the roots of the settings and of these PEM files."""
    further = [
        certificate
        for file in trust
        for certificate in x509.load_pem_x509_certificates(file.read_bytes())
    ]
    return verify(pdf, trust=[*trusted(settings), *further])
