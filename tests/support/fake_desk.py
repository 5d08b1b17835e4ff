"""A scripted desk in memory: the window's peer in GUI tests, with the real desk's rules."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium

from fake_after import FakeAfter
from fake_cases import CONTACTS, MARKS, FakeCases
from fake_orders import FakeOrders
from fake_tending import FakeTending
from farlead.desk import BatchList, BatchOutcome, EarlierEcgs, Glimpse
from farlead.desk.glimpse import glimpse
from farlead.desk.opened import ungrounded
from farlead.desk.sheets import Table, save
from farlead.desk.writing import contradicted, unresolved
from farlead.errors import (
    CaseError,
    ClaimLost,
    ClaimRefused,
    SignatureRefused,
    StoreUnreachable,
    WrongPin,
)
from farlead.messages import Message, message
from farlead.model.chestpain import Moment, Origin, Stamp, Timeline, lines_of, refused
from farlead.model.critical import CallMade, Contact, CriticalCase, Finding
from farlead.model.escalation import Mark
from farlead.model.handover import HandOver, Left, LeftOver
from farlead.model.lives import CaseState, DeliveryState, OrderState, ReportState, StudyState
from farlead.model.order import KeptOrder, OpenOrder, PatientLink
from farlead.model.outage import Kept, KeptDraft, Offered, TakenUp
from farlead.model.people import Account, Patient, Role, Sex, Unit
from farlead.model.phrases import Template
from farlead.model.recording import Device, ImageStudy, Modality, Recording, Window
from farlead.model.report import Brought, Claim, Draft, ReportVersion, Statement
from farlead.model.review import Remark, Review
from farlead.model.screening import Flag, Measurement, Quality, Screening, Span
from farlead.model.search import SearchPage, SearchQuery
from farlead.model.study import (
    Kind,
    Priority,
    Request,
    ScreeningState,
    Severity,
    StoredObject,
    Study,
)
from farlead.model.worklist import Filter, Row, Source, Worklist, order
from farlead.reporting.statements import Contradiction, catalogue
from farlead.reporting.statements.templates import templates
from support_ecg import LEADS, ecg, steady, twelve

START = datetime(2026, 11, 21, 0, 14, tzinfo=UTC)
ME = Account(1, "jia", "示例医师甲", Role.READER)
OTHER = Account(2, "yi", "示例医师乙", Role.READER)
UNITS = (
    Unit("jia", "甲县人民医院"),
    Unit("yi", "乙镇卫生院"),
    Unit("bing", "丙社区卫生服务中心"),
)
PIN = "2468"
LEASE = timedelta(seconds=120)
CATALOGUE = (
    Statement("RH101", "窦性心律", "Sinus rhythm"),
    Statement("RH102", "窦性心动过缓", "Sinus bradycardia"),
    Statement("RH201", "心房颤动", "Atrial fibrillation"),
    Statement("ST214", "前壁 T 波倒置", "Anterior T wave inversion"),
    Statement("GN101", "正常心电图", "Normal ECG"),
)
INITIALS = {
    "RH101": "dxxl",
    "RH102": "dxxdgh",
    "RH201": "xfcd",
    "ST214": "qbtbdz",
    "GN101": "zcxdt",
}


class FakeClock:
    """Time that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class FakeOpen:
    """What `open` answers."""

    row: Row
    contents: tuple[Recording | ImageStudy, ...]
    draft: Draft = field(default_factory=Draft)
    report: ReportVersion | None = None
    earlier: tuple[Study, ...] = ()
    failure: Message | None = None
    unreadable: tuple[object, ...] = ()
    review: Review | None = None
    basis: ReportVersion | None = None
    remarks: tuple[Remark, ...] = ()
    offered: tuple[Offered, ...] = ()


@dataclass
class FakeDesk:
    """Studies, claims and drafts in dictionaries. Everything asked is kept in `calls`."""

    clock: Callable[[], datetime]
    rows: dict[int, Row] = field(default_factory=dict)
    contents: dict[int, tuple[Recording | ImageStudy, ...]] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    claims: dict[int, Claim] = field(default_factory=dict)
    calls: list[tuple[str, object]] = field(default_factory=list)
    signed: list[tuple[int, Draft]] = field(default_factory=list)
    retakes: list[tuple[int, str, str]] = field(default_factory=list)
    failures: dict[int, Message] = field(default_factory=dict)
    earlier: dict[int, EarlierEcgs] = field(default_factory=dict)
    refuse_signature: Message | None = None
    accept_all: set[int] = field(default_factory=set)
    sources: tuple[Source, ...] = ()
    account: Account = ME
    station: str = "阅图席 03"
    shifts: list[HandOver] = field(default_factory=list)
    times: dict[int, dict[Moment, Stamp]] = field(default_factory=dict)
    away: Message | None = None  # the database does not answer
    journal: dict[int, KeptDraft] = field(default_factory=dict)
    own: dict[str, object] = field(default_factory=dict)  # kept with the account
    taken: set[int] = field(default_factory=set)  # by others, while it did not
    offers: dict[int, tuple[Offered, ...]] = field(default_factory=dict)
    _key: bool = False
    _fencing: int = 0
    _changes: int = 0
    tending: FakeTending | None = None
    critical: FakeCases = field(init=False)
    after: FakeAfter = field(init=False)
    orders: FakeOrders = field(init=False)

    def __post_init__(self) -> None:
        self.critical = FakeCases(self.clock, self.account, self.touch)
        self.after = FakeAfter(self.clock)
        self.orders = FakeOrders(self.clock)
        self.tending = FakeTending(self.clock)

    def touch(self) -> None:
        self._changes += 1

    def worklist(self, filter: Filter = Filter()) -> Worklist:  # noqa: A002, B008
        now = self.clock()
        rows = [
            replace(row, claim=self.claims.get(n), has_draft=not self.drafts.get(n, Draft()).empty)
            for n, row in self.rows.items()
        ]
        return Worklist(
            tuple(sorted(rows, key=lambda row: order(row, now))), now, self.sources,
            len(self.signed), timedelta(minutes=6, seconds=40) if self.signed else None,
        )  # fmt: skip

    def changed(self) -> int:
        if self.away is not None:
            raise StoreUnreachable(self.away)
        return self._changes

    def skip(self, claim: Claim, reason: str) -> None:
        self._check(claim)
        self.calls.append(("skip", (claim.study, reason)))
        self.claims.pop(claim.study)

    def personal(self) -> dict[str, object]:
        return dict(self.own)

    def keep_personal(self, **values: object) -> None:
        self.own.update(values)

    def search(self, query: SearchQuery) -> SearchPage:
        self.calls.append(("search", query.asked))
        return SearchPage(self.worklist().rows[: query.limit], None, self.clock())

    def put_ready(
        self,
        claim: Claim,
        draft: Draft,
        seen: frozenset[str] | None = None,
    ) -> None:
        self.calls.append(("put_ready", claim.study))
        self._keep(claim, draft, "hash")

    def _keep(self, claim: Claim, draft: Draft, seen: str | None) -> None:
        number = self.rows[claim.study].study.number
        before = self.drafts.get(claim.study, Draft())
        kept = KeptDraft(claim.study, number, claim, draft, before, self.clock(), seen)
        self.journal[claim.study] = kept

    def kept(self) -> Kept:
        ready = sum(each.ready for each in self.journal.values())
        return Kept(len(self.journal) - ready, ready)

    def take_up(self, held: Claim | None = None) -> TakenUp:
        """Claims that others took in `taken` are lost, the others are still ours."""
        self.calls.append(("take_up", held.study if held else None))
        if self.away is not None:
            raise StoreUnreachable(self.away)
        saved, ready, offered = [], [], []
        for study, kept in list(self.journal.items()):
            if study in self.taken:
                offered.append(kept.number)
                del self.journal[study]
                continue
            self.drafts[study] = kept.draft
            (ready if kept.ready else saved).append(kept.number)
            if not kept.ready:
                del self.journal[study]
        lost = held is not None and held.study in self.taken
        return TakenUp(
            held if not lost else None,
            message("store.claim_ended") if lost else None,
            tuple(saved), tuple(ready), tuple(offered),
        )  # fmt: skip

    def offered(self, study_id: int) -> tuple[Offered, ...]:
        return self.offers.get(study_id, ())

    def take_next(self, after: int | None = None, filter: Filter = Filter()) -> Claim | None:  # noqa: A002, B008
        free = [
            r.study.id for r in self.worklist().rows
            if r.claim is None and r.study.state is StudyState.WAITING and r.study.id != after
        ]  # fmt: skip
        return self.claim(free[0]) if free else None

    def claim(self, study_id: int) -> Claim:
        held = self.claims.get(study_id)
        if held is not None and held.account != self.account.id:
            raise ClaimRefused(message("reading.given_back", number=held.reader))
        return self._hold(study_id, self.account)

    def hold_for_other(self, study_id: int) -> None:
        self._hold(study_id, OTHER)

    def _hold(self, study_id: int, account: Account) -> Claim:
        self._fencing += 1
        claim = Claim(
            study_id, account.id, account.name, self.station, self._fencing, self.clock() + LEASE
        )
        self.claims[study_id] = claim
        self.calls.append(("claim", study_id))
        self.touch()
        return claim

    def _check(self, claim: Claim) -> None:
        held = self.claims.get(claim.study)
        if held is None or held.fencing != claim.fencing:
            raise ClaimLost(message("reading.idle", number=str(claim.study)))

    def renew(self, claim: Claim) -> Claim:
        self._check(claim)
        self.calls.append(("renew", claim.study))
        renewed = replace(claim, until=self.clock() + LEASE)
        self.claims[claim.study] = renewed
        return renewed

    def release(self, claim: Claim) -> None:
        self._check(claim)
        self.calls.append(("release", claim.study))
        del self.claims[claim.study]
        self.touch()

    def take_over(self, study_id: int, reason: str) -> Claim:
        self.calls.append(("take_over", reason))
        return self._hold(study_id, self.account)

    def open(self, study_id: int) -> FakeOpen:
        row = next(r for r in self.worklist().rows if r.study.id == study_id)
        self.critical.see(study_id)
        return FakeOpen(
            row, self.contents.get(study_id, ()), self._written(study_id),
            failure=self.failures.get(study_id),
            review=self.after.reviews.get(study_id),
            basis=self.after.first.get(study_id),
            remarks=tuple(self.after.remarks(study_id)),
            offered=self.offers.get(study_id, ()),
        )  # fmt: skip

    def fetch_ahead(self, studies: Sequence[int]) -> None:
        self.calls.append(("fetch_ahead", tuple(studies)))

    def glimpse(self, study_id: int) -> Glimpse | None:
        return glimpse(self.rows[study_id], self.contents.get(study_id, ()))

    def _written(self, study_id: int) -> Draft:
        first = self.after.first.get(study_id)
        return self.drafts.get(study_id, first.draft if first is not None else Draft())

    def earlier_ecgs(self, study_id: int) -> EarlierEcgs:
        return self.earlier.get(study_id, EarlierEcgs())

    def viewed(self, study_id: int, seconds: float) -> None:
        self.calls.append(("viewed", (study_id, round(seconds, 1))))

    def exported(self, study_id: int, form: str) -> None:
        self.calls.append(("exported", (study_id, form)))

    def save_draft(self, claim: Claim, draft: Draft) -> None:
        if self.away is not None:
            self._keep(claim, draft, None)
            return
        self._check(claim)
        self.calls.append(("save_draft", claim.study))
        self.drafts[claim.study] = draft
        self.critical.accepted(self.rows[claim.study], draft)

    def statements(
        self, query: str, limit: int = 8, kind: Kind | None = None
    ) -> Sequence[Statement]:
        asked = query.lower()
        return [
            s for s in CATALOGUE
            if any(asked in text.lower() for text in (s.zh, s.en, s.code, INITIALS[s.code]))
        ][:limit]  # fmt: skip

    def templates(self, query: str, limit: int, kind: Kind) -> Sequence[Template]:
        return templates().find(query, limit, kind)

    def variants(self, line: Statement) -> Sequence[Statement]:
        return catalogue().variants(line)

    def contradictions(self, open_study: FakeOpen, draft: Draft) -> tuple[Contradiction, ...]:
        return unresolved(catalogue(), open_study, draft)

    def preview(self, what: FakeOpen, draft: Draft) -> bytes:
        self.calls.append(("preview", draft))
        return page_pdf(draft)

    def signed_pdf(self, report_id: int) -> bytes:
        self.calls.append(("signed_pdf", report_id))
        return page_pdf(Draft())

    def suggestion_statement(self, flag: Flag) -> Statement | None:
        return next((s for s in CATALOGUE if s.code == flag.statement), None)

    def may_accept_all(self, open_study: FakeOpen) -> bool:
        return open_study.row.study.id in self.accept_all

    def blocked_by(self, open_study: FakeOpen, draft: Draft) -> Message | None:
        screening = open_study.row.screening
        if open_study.row.study.identity_conflict:
            return message("store.identity_conflict")
        for flag in screening.flags if screening else ():
            if flag.severity >= Severity.URGENT and flag.code not in draft.decisions:
                return message("desk.undecided", count=1)
        if ungrounded(open_study.row, draft):
            return message("desk.ungrounded", count=1)
        if not (draft.statements or draft.findings or draft.conclusion):
            return message("desk.nothing_written")
        return contradicted(catalogue(), open_study, draft)

    def key_open(self) -> bool:
        return self._key

    by_password: bool = False

    def unlock(self, word: str) -> None:
        self.open_key(word)

    def open_key(self, pin: str) -> None:
        if pin != PIN:
            raise WrongPin(message("access.wrong_pin"))
        self._key = True

    def close_key(self) -> None:
        self._key = False

    def confirm_identity(self, claim: Claim) -> None:
        self._check(claim)
        self.calls.append(("confirm_identity", claim.study))
        row = self.rows[claim.study]
        self.rows[claim.study] = replace(row, study=replace(row.study, identity_conflict=False))
        self.touch()

    def sign(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = None) -> ReportVersion:
        if self.away is not None:
            raise StoreUnreachable(self.away)
        self._check(claim)
        there = {stored.sha256 for stored in self.rows[claim.study].study.objects}
        new = there - seen if seen is not None else set()
        if new:
            raise SignatureRefused(message("desk.new_objects", count=len(new)))
        if self.refuse_signature is not None:
            raise SignatureRefused(self.refuse_signature)
        first = self.after.first.pop(claim.study, None)
        version = self._issued(claim.study, draft)
        if first is not None and first.draft == draft:
            return replace(version, author=first.author, reviewer=self.account.id)
        return version if first is None else replace(version, version=2, supersedes=first.id)

    def _issued(self, study: int, draft: Draft) -> ReportVersion:
        self.signed.append((study, draft))
        self.claims.pop(study, None)
        del self.rows[study]
        self.touch()
        return ReportVersion(len(self.signed), study, 1, ReportState.FINAL, self.account.id, draft)

    def send_back(self, claim: Claim, remarks: Sequence[Remark]) -> None:
        self._check(claim)
        self.after.sent.append((claim.study, tuple(remarks)))
        del self.claims[claim.study], self.rows[claim.study]
        self.touch()

    def reported(self, words: str = "") -> list[tuple[Study, ReportVersion]]:
        return self.after.reported(words)

    def brought(self, report_id: int) -> list[Brought]:
        return self.after.brought(report_id)

    def reported_at(self, studies: Sequence[int]) -> dict[int, DeliveryState]:
        """Of the first two one is confirmed, the other only sent."""
        states = (DeliveryState.CONFIRMED, DeliveryState.SENT)
        return dict(zip(studies, states, strict=False))

    def versions(self, study_id: int) -> list[ReportVersion]:
        return list(self.after.issued.get(study_id, ()))

    def amend(self, report_id: int, reason: str) -> Claim:
        study, version = self.after.report(report_id)
        self.after.amended.append((report_id, reason))
        self.after.first[study] = version
        self.drafts[study] = version.draft
        return self._hold(study, self.account)

    def withdraw_report(self, report_id: int, reason: str) -> ReportVersion:
        return self.after.withdraw(report_id, reason)

    def open_orders(self) -> list[OpenOrder]:
        return list(self.orders.waiting)

    def settled_orders(self) -> list[KeptOrder]:
        return list(self.orders.settled)

    def join_order(self, order_id: int, study_id: int, reason: str) -> KeptOrder:
        return self.orders.settle(order_id, OrderState.JOINED, reason, study_id)

    def close_order(self, order_id: int, reason: str) -> None:
        self.orders.settle(order_id, OrderState.CLOSED, reason, None)

    def part_order(self, order_id: int, reason: str) -> None:
        self.orders.undo(order_id, "parted", reason)

    def reopen_order(self, order_id: int, reason: str) -> None:
        self.orders.undo(order_id, "reopened", reason)

    def patient_links(self) -> list[PatientLink]:
        return list(self.orders.links)

    def part_patients(self, link_id: int, reason: str) -> None:
        self.orders.part_patients(link_id, reason)

    def checked(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = None) -> None:
        self._check(claim)
        if self.refuse_signature is not None:
            raise SignatureRefused(self.refuse_signature)
        self.after.checks[claim.study] = draft
        del self.claims[claim.study]
        row = self.rows[claim.study]
        study = replace(row.study, state=StudyState.CHECKED)
        self.rows[claim.study] = replace(row, study=study)
        self.touch()

    def batch(self) -> BatchList:
        return self.after.batch(self.rows)

    def sign_batch(self, listed: BatchList, pin: str) -> list[BatchOutcome]:
        return self.after.sign(listed, pin, self._issued)

    def retake(self, claim: Claim, reason: str, hint: str) -> None:
        self._check(claim)
        self.retakes.append((claim.study, reason, hint))
        del self.claims[claim.study], self.rows[claim.study]
        self.touch()

    def cases(self) -> list[CriticalCase]:
        self.critical.look()
        return self.critical.running()

    def case_log(self, days: int = 1) -> list[CriticalCase]:
        return list(self.critical.all)

    def case_form(self, case_id: int) -> bytes:
        self.calls.append(("case_form", case_id))
        return page_pdf(Draft())

    @property
    def marks(self) -> tuple[Mark, ...]:
        return MARKS

    def left_over(self) -> tuple[LeftOver, ...]:
        cases = [(Left.CASE, case.study) for case in self.critical.running()]
        drafts = [(Left.DRAFT, study) for study in self.drafts]
        studies = [(kind, self.rows[study].study) for kind, study in (*cases, *drafts)]
        return tuple(LeftOver(k, s.id, s.number, s.unit.name, s.due) for k, s in studies)

    def hand_over(self, note: str = "") -> HandOver:
        made = HandOver(
            len(self.shifts) + 1, self.account.id, self.account.name, self.station, self.clock(),
            note, self.left_over(),
        )  # fmt: skip
        self.shifts.append(made)
        return made

    def handovers(self) -> list[HandOver]:
        return [shift for shift in self.shifts if shift.taken is None]

    def take_shift(self, handover_id: int) -> HandOver:
        shift = self.shifts[handover_id - 1]
        if shift.giver == self.account.id:
            raise ClaimRefused(message("handover.own"))
        if shift.taken is not None:
            raise ClaimRefused(message("handover.taken"))
        taken = replace(shift, taken=self.clock(), taker_name=self.account.name)
        self.shifts[handover_id - 1] = taken
        return taken

    def chest_pain(self, study_id: int) -> Timeline:
        study = self.rows[study_id].study
        stamps = {
            Moment.ECG: Stamp(study.acquired or study.arrived, Origin.RECORDING),
            Moment.ARRIVED: Stamp(study.arrived, Origin.HUB),
            **self.times.get(study_id, {}),
        }
        return Timeline(study_id, study.number, study.unit.name, stamps)

    def export_chest_pains(self, days: int, file: Path) -> int:
        self.calls.append(("export_chest_pains", days))
        since = self.clock() - timedelta(days=days)
        found = [self.chest_pain(n) for n, row in self.rows.items() if row.study.arrived >= since]
        save([Table("chest pain", lines_of(found))], file)
        return len(found)

    def enter_time(self, study_id: int, moment: Moment, at: datetime) -> Timeline:
        found = self.chest_pain(study_id)
        why = refused(moment, at, found.stamps, self.clock())
        if why is not None:
            raise CaseError(why)
        stamp = Stamp(at, Origin.ENTERED, self.account.name, self.clock())
        self.times.setdefault(study_id, {})[moment] = stamp
        return self.chest_pain(study_id)

    def confirm_case(self, case_id: int) -> CriticalCase:
        return self.critical.confirm(case_id)

    def contacts(self, case: CriticalCase) -> tuple[Contact, ...]:
        return CONTACTS if case.unit == UNITS[0] else ()

    def open_case(self, what: Claim | int, source: Finding | str) -> CriticalCase:
        return self.critical.declare(self.rows, what, source)

    def record_call(self, case_id: int, made: CallMade) -> CriticalCase:
        return self.critical.call(case_id, made)

    def close_case(
        self, case_id: int, ending: CaseState, *, reason: str = "", taken_over_by: str = ""
    ) -> CriticalCase:
        return self.critical.close(case_id, ending, reason, taken_over_by)

    # -- filling

    def add(
        self,
        name: str,
        *,
        unit: int = 0,
        kind: Kind = Kind.ECG,
        flags: Sequence[Flag] = (),
        rate: float = 65.0,
        priority: Priority = Priority.ROUTINE,
        minutes: float = 30.0,
        question: str | None = None,
        sex: Sex = Sex.MALE,
        age: int = 67,
        screened: bool = True,
        failed: Message | None = None,
        content: Recording | ImageStudy | None = None,
    ) -> int:
        number = len(self.rows) + 1
        arrived = START - timedelta(minutes=number % 7)
        study = Study(
            number, f"20261121-{number:04d}", UNITS[unit], kind, StudyState.WAITING, number,
            Patient(
                name=name, local_number=f"示例-{number:04d}", sex=sex,
                birth_date=date(2026 - age, 1, 1),
            ),
            Request(priority=priority, clinical_question=question, department="急诊"),
            arrived - timedelta(minutes=2), arrived, START + timedelta(minutes=minutes),
        )  # fmt: skip
        beats = steady(rate, 10.0)
        screening = _screening(flags, rate, beats) if screened and kind is Kind.ECG else None
        state = ScreeningState.DONE if screening else ScreeningState.NOT_APPLICABLE
        if failed is not None:
            state = ScreeningState.FAILED
        self.rows[number] = Row(study, state, screening, failed)
        if content is not None:
            self.contents[number] = (content,)
        elif kind is Kind.ECG:
            self.contents[number] = (recording(beats),)
        else:
            self.contents[number] = (images(),)
        if not [f for f in flags if f.severity > Severity.REMARK]:
            self.accept_all.add(number)
        self.touch()
        return number

    def add_unreadable(self, file: str, reason: Message) -> int:
        number = len(self.rows) + 1
        stored = StoredObject("0" * 64, 412_000, "1" * 64, file)
        study = Study(
            number, f"20261121-{number:04d}", UNITS[1], Kind.UNKNOWN, StudyState.QUARANTINED, None,
            Patient(), Request(), None, START, START + timedelta(minutes=30),
            quarantine=reason, objects=(stored,),
        )  # fmt: skip
        self.rows[number] = Row(study, ScreeningState.NOT_APPLICABLE)
        self.touch()
        return number


def recording(beats: Sequence[float] | None = None) -> Recording:
    """Twelve leads, ten seconds, 500 Hz."""
    lead = ecg(steady(65.0, 10.0) if beats is None else beats, 500.0, 10.0)
    return Recording(twelve(lead), LEADS, 500.0, device=Device(high_pass=0.05, low_pass=150.0))


def page_pdf(draft: Draft) -> bytes:
    """A4 across, as an ECG report is; so many pages as the draft has statements, at least one."""
    document = pdfium.PdfDocument.new()
    for _ in draft.statements or (None,):
        document.new_page(841.89, 595.28)
    made = io.BytesIO()
    document.save(made)
    document.close()
    return made.getvalue()


def images(frames: int = 3) -> ImageStudy:
    """A few slices of a ramp."""
    ramp = np.linspace(-200, 400, 256 * 256, dtype=np.float32).reshape(256, 256)
    stack = np.stack([np.roll(ramp, 20 * n, axis=1) for n in range(frames)])
    return ImageStudy(stack, Modality.CT, windows=(Window(40.0, 400.0, "WINDOW1"),))


def flag(
    code: str = "rate.slow",
    severity: Severity = Severity.URGENT,
    text: Message | None = None,
    statement: str | None = "RH102",
) -> Flag:
    """A suggestion."""
    return Flag(
        code, severity, text or message("analysis.rate.slow", rate=34, limit=35), "rate/1",
        statement, ("II", "V1"), (Span(1000, 2500, "pause"),),
    )  # fmt: skip


def _screening(flags: Sequence[Flag], rate: float, beats: Sequence[float]) -> Screening:
    worst = max((f.severity for f in flags), default=Severity.NORMAL)
    measured = (
        Measurement("heart_rate", rate, "/min", "test"),
        Measurement("rate_slowest", rate - 3, "/min", "test"),
        Measurement("rate_fastest", rate + 4, "/min", "test"),
        Measurement("rr_mean", 60000 / rate, "ms", "test"),
        Measurement("rr_cv", 0.03, "1", "test"),
        Measurement("longest_pause", None, "ms", "test"),
    )
    peaks = tuple(int(beat * 500) for beat in beats)
    return Screening("1", worst, True, Quality.FIT, measured, tuple(flags), peaks)


def morning(desk: FakeDesk) -> FakeDesk:
    """A list like that of a hub's morning."""
    slow = flag()
    critical = flag(
        "pause", Severity.CRITICAL,
        message("analysis.pause", seconds="3.4", limit="3.0"), None,
    )  # fmt: skip
    remark = flag(
        "rate.slowish", Severity.REMARK, message("analysis.rate.slowish", rate=52), "RH102"
    )
    mains = flag(
        "lead.mains", Severity.REMARK, message("analysis.lead.mains", leads="V1、V2"), None
    )
    desk.add("示例患者一", flags=(critical, remark), rate=41, minutes=1.8,
             priority=Priority.EMERGENCY, question="胸痛 2 小时，出汗")  # fmt: skip
    desk.add("示例患者二", unit=1, flags=(slow, mains), rate=34, minutes=4.3, sex=Sex.FEMALE,
             age=59, question="心悸 3 天")  # fmt: skip
    held = desk.add("示例患者三", unit=2, flags=(slow,), minutes=6.2, age=78, sex=Sex.FEMALE)
    desk.add("示例患者四", unit=1, flags=(mains,), minutes=14.1, age=52)
    desk.add("示例患者五", flags=(), minutes=22.2, age=35, sex=Sex.FEMALE)
    desk.add("示例患者六", unit=2, flags=(), minutes=23.7, age=29)
    desk.add("示例患者七", kind=Kind.CT, minutes=1200, age=56)
    desk.add("示例患者八", unit=2, kind=Kind.ULTRASOUND, minutes=26, age=27, sex=Sex.FEMALE)
    desk.hold_for_other(held)
    desk.add_unreadable("示例-0031.dcm", message("reading.nothing_left"))
    desk.sources = (
        Source("inbox/jia 甲县人民医院", START - timedelta(seconds=2)),
        Source("inbox/yi 乙镇卫生院", START - timedelta(seconds=5)),
    )
    desk.calls.clear()
    return desk
