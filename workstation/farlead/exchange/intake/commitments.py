"""Storage commitment: a sender asks whether its objects are safe, and is answered once they are.

A request is a file under ``commitments/`` from the moment it was accepted until its answer was
taken: it outlives a crash. An object is safe when the store has it from that unit. One that is not
there after a while is answered as missing, so that the sender keeps it.

References
----------
DICOM PS3.4 annex J.3; failure reasons: PS3.3 C.14.1.1.
"""

import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from pydicom.dataset import Dataset
from pynetdicom import AE, build_role
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # made at import
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
)

from farlead.clients.tls import client_context
from farlead.errors import SettingsError
from farlead.exchange.intake.spool import hand_in
from farlead.exchange.pauses import pause
from farlead.peers import Sender
from farlead.settings import Clock, Settings, utc_now

_LOG = logging.getLogger(__name__)

#: Objects that have not come so long after the request are answered as missing.
_WAIT = timedelta(minutes=2)
#: An answer that nobody takes is given up after so long: the sender asks again.
_GIVE_UP = timedelta(days=3)
_ALL_SAFE, _SOME_MISSING = 1, 2
_NO_SUCH_OBJECT = 0x0112
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Commitment:
    """One request: which objects (SOP class by SOP Instance UID), and who wants to know."""

    transaction: str
    aet: str
    objects: Mapping[str, str]


class Known(Protocol):
    """What the store knows (`farlead.store.Store`)."""

    def known_objects(self, uids: Collection[str], unit: str) -> set[str]:
        """Those that it has from this unit."""


def asked(information: Dataset, sender: Sender) -> Commitment:
    """The request of an N-ACTION; AttributeError or ValueError for one that asks nothing."""
    objects = {
        str(item.ReferencedSOPInstanceUID): str(item.ReferencedSOPClassUID)
        for item in information.ReferencedSOPSequence
    }
    if not objects:
        raise ValueError("no objects are referenced")
    return Commitment(str(information.TransactionUID), sender.aet, objects)


class Commitments:
    """The requests that are not answered yet.

    Parameters
    ----------
    settings : Settings
        With a listener.
    clock : callable
    """

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self._folder = settings.folder / "commitments"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._next: dict[str, datetime] = {}  # by title
        self._failures: dict[str, int] = {}

    def add(self, request: Commitment) -> None:
        """Keep a request; on the disk when this returns. The same one again is one."""
        name = sha256(f"{request.aet} {request.transaction}".encode()).hexdigest()[:32]
        place = self._folder / f"{name}.json"
        if place.exists():
            return
        hand_in(json.dumps(asdict(request)).encode(), self._folder, place.name, settle=0)

    @property
    def waiting(self) -> bool:
        """Whether there are any."""
        return any(self._folder.glob("*.json"))

    def run_once(self, store: Known) -> int:
        """Answer what can be answered now; how many answers were taken."""
        answered = 0
        for file in sorted(self._folder.glob("*.json")):
            request = _read(file)
            if request is None:
                continue
            # One that does not answer is not tried again for each of its requests.
            if self._next.get(request.aet, self._clock()) > self._clock():
                continue
            sender = self._sender(request)
            safe = store.known_objects(request.objects, sender.unit) if sender else set()
            age = self._age(file)
            if sender and len(safe) < len(request.objects) and age < _WAIT:
                continue
            if sender is None or self._taken(sender, request, safe) or age > _GIVE_UP:
                file.unlink(missing_ok=True)
                answered += 1
        return answered

    def _sender(self, request: Commitment) -> Sender | None:
        """Who asked; None for one that the settings have no longer, or without an address."""
        listener = self._settings.listener
        senders = listener.senders if listener is not None else ()
        found = next((each for each in senders if each.aet == request.aet), None)
        if found is None or found.host is None:
            _LOG.warning("%s is no longer in the settings; nobody to answer to", request.aet)
            return None
        return found

    def _taken(self, sender: Sender, request: Commitment, safe: Collection[str]) -> bool:
        """Send the answer; whether it was taken. Whoever does not take it is left alone a while."""
        try:
            taken = self._answer(sender, request, safe)
        except SettingsError:
            _LOG.exception("%s cannot be answered", sender.aet)
            taken = False
        if taken:
            self._failures.pop(sender.aet, None)
            self._next.pop(sender.aet, None)
        else:
            failures = self._failures[sender.aet] = self._failures.get(sender.aet, 0) + 1
            self._next[sender.aet] = self._clock() + pause(failures)
        return taken

    def _age(self, file: Path) -> timedelta:
        return self._clock() - datetime.fromtimestamp(file.stat().st_mtime, UTC)

    def _answer(self, sender: Sender, request: Commitment, safe: Collection[str]) -> bool:
        """Send the N-EVENT-REPORT; whether it was taken."""
        listener = self._settings.listener
        if listener is None or sender.host is None:
            return False
        ae = AE(ae_title=listener.aet)
        ae.network_timeout = ae.acse_timeout = ae.dimse_timeout = ae.connection_timeout = _SECONDS
        ae.add_requested_context(StorageCommitmentPushModel)
        role = build_role(StorageCommitmentPushModel, scp_role=True)
        tls = (
            (client_context(listener.tls, self._settings.folder), sender.host)
            if sender.tls and listener.tls is not None
            else None
        )
        association = ae.associate(
            sender.host, sender.port, ae_title=sender.aet, ext_neg=[role], tls_args=tls
        )
        if not association.is_established:
            return False
        try:
            report, kind = _report(request, safe)
            status, _ = association.send_n_event_report(
                report, kind, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
            )
            return bool(status) and status.Status == 0
        finally:
            association.release()


def _report(request: Commitment, safe: Collection[str]) -> tuple[Dataset, int]:
    report = Dataset()
    report.TransactionUID = request.transaction
    good = [_item(uid, kind) for uid, kind in request.objects.items() if uid in safe]
    bad = [_item(uid, kind) for uid, kind in request.objects.items() if uid not in safe]
    if good:
        report.ReferencedSOPSequence = good
    for item in bad:
        item.FailureReason = _NO_SUCH_OBJECT
    if bad:
        report.FailedSOPSequence = bad
    return report, _SOME_MISSING if bad else _ALL_SAFE


def _item(uid: str, kind: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPInstanceUID, item.ReferencedSOPClassUID = uid, kind
    return item


def _read(file: Path) -> Commitment | None:
    try:
        return Commitment(**json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        _LOG.exception("%s is no request for commitment and was set aside", file.name)
        file.rename(file.with_suffix(".damaged"))
        return None
