"""Delivery into folders: ``outbox/<unit>/NUMBER-vN.pdf`` with a JSON summary beside it.

Both are written and read back under hidden names; then the PDF appears first and the summary
last, so whoever waits for the summary finds the whole report, and may take both away at once. A
repeat writes the same names and the same bytes: once in effect, however often it is tried.
"""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from farlead.errors import DeliveryFailed, FarleadError, IllegalTransition
from farlead.exchange.delivery.files import has, prepared
from farlead.exchange.delivery.pauses import pause
from farlead.exchange.delivery.summary import summary
from farlead.messages import message
from farlead.model.lives import DeliveryState
from farlead.model.report import Delivery
from farlead.objects import ObjectFolder
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

#: So many deliveries in one go; the next run takes the rest.
BATCH = 50
#: After so many failed tries a delivery waits for a person: about fourteen hours.
ATTEMPTS = 20

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """How many deliveries were confirmed, failed and will be repeated, wait for a person."""

    confirmed: int = 0
    failed: int = 0
    parked: int = 0


class Source(Protocol):
    """Where the bytes of signed reports are (`farlead.objects.ObjectFolder`)."""

    def get(self, sha256: str) -> bytes:
        """Bytes by hash; raises ObjectMissing."""


class FolderDelivery:
    """Brings signed reports into the units' folders.

    Parameters
    ----------
    settings : Settings
        Names the folders.
    store : Store
        Says what is due and keeps what became of it.
    objects : ObjectFolder
        Has the signed files.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder | Source,
        clock: Clock = utc_now,
    ) -> None:
        self._settings = settings
        self._store = store
        self._objects = objects
        self._clock = clock

    def run_once(self) -> DeliveryResult:
        """Try everything that is due once; a failure is recorded and stops nothing else."""
        confirmed = failed = parked = 0
        for delivery in self._store.due_deliveries(BATCH):
            try:
                outcome = self._try(delivery)
            except IllegalTransition:
                continue  # another service has delivered it in the meantime
            confirmed += outcome is DeliveryState.CONFIRMED
            failed += outcome is DeliveryState.DUE
            parked += outcome is DeliveryState.PARKED
        return DeliveryResult(confirmed, failed, parked)

    def _try(self, delivery: Delivery) -> DeliveryState:
        try:
            self._deliver(delivery)
        except IllegalTransition:
            raise
        except FarleadError as error:
            return self._postpone(delivery, error)
        return DeliveryState.CONFIRMED

    def _deliver(self, delivery: Delivery) -> None:
        report = self._store.report(delivery.report)
        study = self._store.study(delivery.study)
        content = self._store.report_content(delivery.report)
        pdf = self._objects.get(report.sha256 or "")
        name = f"{study.number}-v{report.version}"
        if not (_SAFE.fullmatch(name) and _SAFE.fullmatch(delivery.destination)):
            raise DeliveryFailed(message("delivery.unsafe_name", name=name))
        folder = self._settings.outbox(delivery.destination)
        told = summary(delivery, study, report, content, name=f"{name}.pdf", size=len(pdf))
        files = {folder / f"{name}.pdf": pdf, folder / f"{name}.json": told}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _put(files)
            self._store.mark_sent(delivery.id)
            for path, data in files.items():
                _check(path, data)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            raise DeliveryFailed(
                message("delivery.folder", folder=str(folder), cause=cause)
            ) from error
        self._store.confirm(delivery.id)

    def _postpone(self, delivery: Delivery, error: FarleadError) -> DeliveryState:
        """Record a failure: due again later, or parked after too many."""
        tried = delivery.attempts + 1
        if tried >= ATTEMPTS:
            self._store.park(delivery.id, error.reason)
            return DeliveryState.PARKED
        self._store.retry(delivery.id, error.reason, self._clock() + pause(delivery.attempts))
        return DeliveryState.DUE


def _put(files: Mapping[Path, bytes]) -> None:
    """Put the files in their places in this order, once all are written and read back."""
    *before, last = files
    if has(last, files[last]) and not any(_spoilt(path, files[path]) for path in before):
        return  # it came last, so the others were there whole; what is gone was fetched
    if any(not has(path, files[path]) for path in before):
        last.unlink(missing_ok=True)  # of an earlier try: nobody is to find it before the others
    with ExitStack() as writing:
        puts = [writing.enter_context(prepared(path, data)) for path, data in files.items()]
        for put in puts:
            put()


def _check(path: Path, data: bytes) -> None:
    if _spoilt(path, data):
        raise DeliveryFailed(message("delivery.differs", file=str(path)))


def _spoilt(path: Path, data: bytes) -> bool:
    """Whether the file lies there with other bytes; one that is gone was fetched."""
    try:
        return path.read_bytes() != data
    except FileNotFoundError:
        return False
