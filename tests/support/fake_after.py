"""Reviews, issued reports and batches in memory: a part of the scripted desk."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from farlead.desk import BatchItem, BatchList, BatchOutcome
from farlead.errors import NotFound, WrongPin
from farlead.messages import Message, message
from farlead.model.lives import DeliveryState, ReportState, StudyState
from farlead.model.report import Brought, Delivery, DeliveryEvent, Draft, ReportVersion
from farlead.model.review import Remark, Review
from farlead.model.study import Study
from farlead.model.worklist import Row

PIN = "2468"


def _seen(draft: Draft) -> str:
    return hashlib.sha256(repr(draft).encode()).hexdigest()


@dataclass
class FakeAfter:
    """What the desk does after the first signature."""

    clock: Callable[[], datetime]
    first: dict[int, ReportVersion] = field(default_factory=dict)  # waits for its review
    reviews: dict[int, Review] = field(default_factory=dict)
    said: dict[int, tuple[Remark, ...]] = field(default_factory=dict)
    sent: list[tuple[int, tuple[Remark, ...]]] = field(default_factory=list)
    issued: dict[int, list[ReportVersion]] = field(default_factory=dict)
    studies: dict[int, Study] = field(default_factory=dict)
    pdfs: dict[int, bytes] = field(default_factory=dict)
    amended: list[tuple[int, str]] = field(default_factory=list)
    checks: dict[int, Draft] = field(default_factory=dict)
    changed: dict[int, Message] = field(default_factory=dict)

    def wait(self, row: Row, author: int, name: str, draft: Draft, asked: datetime) -> Row:
        """A row whose report waits for its second signature."""
        study = row.study.id
        self.first[study] = ReportVersion(
            1000 + study, study, 1, ReportState.FIRST_SIGNED, author, draft, "0" * 64, asked
        )
        self.reviews[study] = Review(1000 + study, author, name, asked)
        return replace(row, review=self.reviews[study])

    def issue(self, study: Study, *states: ReportState) -> None:
        """A reported study; the newest version is named first."""
        self.studies[study.id] = replace(study, state=StudyState.REPORTED)
        count = len(states)
        self.issued[study.id] = [
            ReportVersion(
                study.id * 10 + n, study.id, count - n, state, 1, Draft(), "1" * 64, self.clock()
            )
            for n, state in enumerate(states)
        ]

    def reported(self, words: str) -> list[tuple[Study, ReportVersion]]:
        return [
            (self.studies[n], versions[0])
            for n, versions in self.issued.items()
            if words in f"{self.studies[n].number} {self.studies[n].patient.name}"
        ]

    def brought(self, report_id: int) -> list[Brought]:
        """One way that has confirmed at the second try, one that has not answered."""
        busy = message("peers.refused", peer="HIS", status="AE", said="no such patient")
        proof = message("peers.proof.hl7", peer="HIS", id="X7")
        told: list[tuple[DeliveryState, Message | None]] = [
            (DeliveryState.SENT, None), (DeliveryState.DUE, busy),
            (DeliveryState.SENT, None), (DeliveryState.CONFIRMED, proof),
        ]  # fmt: skip
        at = self.clock()
        return [_brought(report_id, "hl7", told, at), _brought(report_id, "store", told[:1], at)]

    def report(self, report_id: int) -> tuple[int, ReportVersion]:
        for study, versions in self.issued.items():
            for version in versions:
                if version.id == report_id:
                    return study, version
        raise NotFound(message("store.no_report", report=report_id))

    def withdraw(self, report_id: int, reason: str) -> ReportVersion:
        study, version = self.report(report_id)
        gone = replace(version, state=ReportState.WITHDRAWN, withdrawn=reason)
        self.issued[study] = [gone if v.id == report_id else v for v in self.issued[study]]
        return gone

    def batch(self, rows: dict[int, Row]) -> BatchList:
        return BatchList(
            tuple(
                BatchItem(
                    n, rows[n].study.number, rows[n].study.patient.name or "", _seen(draft),
                    draft, self.changed.get(n),
                )
                for n, draft in self.checks.items()
            )
        )  # fmt: skip

    def sign(
        self, listed: BatchList, pin: str, signed: Callable[[int, Draft], ReportVersion]
    ) -> list[BatchOutcome]:
        if pin != PIN:
            raise WrongPin(message("access.wrong_pin"))
        return [self._one(item, signed) for item in listed.items]

    def _one(self, item: BatchItem, signed: Callable[[int, Draft], ReportVersion]) -> BatchOutcome:
        draft = self.checks.pop(item.study)
        if item.study in self.changed:
            return BatchOutcome(item, refused=self.changed[item.study])
        return BatchOutcome(item, signed(item.study, draft))

    def remarks(self, study: int) -> Sequence[Remark]:
        return self.said.get(study, ())


def _brought(
    report: int, way: str, told: list[tuple[DeliveryState, Message | None]], at: datetime
) -> Brought:
    history = tuple(
        DeliveryEvent(at + timedelta(seconds=n), state, said)
        for n, (state, said) in enumerate(told)
    )
    state, tries = told[-1][0], len(told) // 2 or 1
    return Brought(Delivery(1, report, 6, f"u{report}:{way}", "id", state, tries), None, history)
