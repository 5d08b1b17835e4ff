"""A store with a clock in the test's hand, and arrivals made of nothing but names."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from farlead.messages import message
from farlead.model.people import Account, Patient, Role
from farlead.model.recording import Identity
from farlead.model.report import Draft, Statement
from farlead.model.screening import Flag, Measurement, Quality, Screening
from farlead.model.study import (
    Kind,
    Priority,
    Request,
    ScreeningState,
    Severity,
    StoredObject,
)
from farlead.store import Arrival, SignedReport, Store

MORNING = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """A clock that stands still until it is told to go on."""

    time: datetime = field(default=MORNING)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)


def sha(text: str) -> str:
    """A hash that stands for the bytes of this name."""
    return hashlib.sha256(text.encode()).hexdigest()


def arrival(
    name: str,
    *,
    study: str | None = None,
    unit: str = "u1",
    content: str | None = None,
    priority: Priority = Priority.ROUTINE,
    patient: Patient | None = None,
    kind: Kind = Kind.ECG,
) -> Arrival:
    """An arriving object `name` of `study` (its own by default) with `content`."""
    return Arrival(
        unit_code=unit,
        kind=kind,
        content_identity=Identity(study_uid=f"1.2.{study or name}", sop_instance_uid=f"1.3.{name}"),
        content_patient=patient or Patient(name=f"病人{study or name}", local_number=study or name),
        acquired=MORNING - timedelta(minutes=5),
        object=StoredObject(
            sha256=sha(f"bytes {content or name}"),
            size=1000,
            digest=sha(content or name),
            file_name=f"{name}.dcm",
            sop_instance_uid=f"1.3.{name}",
        ),
        request=Request(priority=priority),
        screening=ScreeningState.PENDING if kind is Kind.ECG else ScreeningState.NOT_APPLICABLE,
    )


def reader(store: Store, login: str = "li", role: Role = Role.READER) -> Account:
    """An account that may read."""
    return store.add_account(login, f"医师{login}", role, certificate=sha(login))


def draft(text: str = "窦性心律") -> Draft:
    """A draft with one statement."""
    return Draft(statements=(Statement("1A", text, "Sinus rhythm"),), conclusion=text)


def signed(store: Store, account: Account, text: str = "窦性心律") -> SignedReport:
    """A report that was signed by `account`, as far as the store can tell."""
    return SignedReport(
        draft=draft(text),
        pdf_sha256=sha(f"pdf {text} {account.id}"),
        pdf_size=4096,
        content_json='{"report": 1}',
        signer=account,
        signed=store.now(),
    )


def screening(severity: Severity = Severity.NORMAL, *, known: bool = True) -> Screening:
    """A result of screening with this severity."""
    flags = ()
    if severity > Severity.NORMAL:
        flags = (Flag("rate.slow", severity, message("worklist.reason.urgent"), "rate/1"),)
    return Screening(
        "test/1",
        severity,
        known,
        Quality.FIT,
        (Measurement("heart_rate", 72.0, "/min", "test"),),
        flags,
        tuple(range(250, 5000, 410)),
    )


def report_one(store: Store, name: str, account: Account, folder: Path | None = None) -> int:
    """Walk one study from arrival to final report; returns its id."""
    study = store.add_object(arrival(name)).study_id
    claim = store.claim(study, account, "seat")
    store.save_draft(claim, draft())
    store.finish(claim, signed(store, account), ["u1"])
    return study
