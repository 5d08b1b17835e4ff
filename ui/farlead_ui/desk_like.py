"""What the window needs of a desk: farlead.desk offers it, and a scripted one in tests.

Every method blocks and is called from worker threads only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from farlead.desk import BatchList, BatchOutcome, EarlierEcgs, Glimpse
from farlead.messages import Message
from farlead.model.chestpain import Moment, Timeline
from farlead.model.critical import CallMade, Contact, CriticalCase, Finding
from farlead.model.escalation import Mark
from farlead.model.handover import HandOver, LeftOver
from farlead.model.lives import CaseState, DeliveryState
from farlead.model.order import KeptOrder, OpenOrder, PatientLink
from farlead.model.outage import Kept, Offered, TakenUp
from farlead.model.people import Account
from farlead.model.phrases import Template
from farlead.model.recording import ImageStudy, Recording
from farlead.model.report import Brought, Claim, Draft, ReportVersion, Statement
from farlead.model.review import Remark, Review
from farlead.model.screening import Flag
from farlead.model.search import SearchPage, SearchQuery
from farlead.model.study import Kind, Study
from farlead.model.worklist import Filter, Row, Worklist
from farlead_ui.tending import TendingLike


class OpenStudyLike(Protocol):
    """A study with everything that reading it needs."""

    @property
    def row(self) -> Row:
        """Its row of the list."""

    @property
    def contents(self) -> Sequence[Recording | ImageStudy]:
        """What its readable objects contain."""

    @property
    def draft(self) -> Draft:
        """What has been written so far."""

    @property
    def report(self) -> ReportVersion | None:
        """The latest signed version."""

    @property
    def earlier(self) -> Sequence[Study]:
        """Earlier studies of the same patient."""

    @property
    def failure(self) -> Message | None:
        """Why nothing of it can be shown."""

    @property
    def review(self) -> Review | None:
        """The second signature that the report waits for."""

    @property
    def basis(self) -> ReportVersion | None:
        """The version that is reviewed or amended."""

    @property
    def remarks(self) -> Sequence[Remark]:
        """Why the draft was sent back."""

    @property
    def offered(self) -> Sequence[Offered]:
        """What others wrote about it while the database was away."""

    @property
    def unreadable(self) -> "Sequence[UnreadableLike]":
        """Objects of it that cannot be shown."""


class UnreadableLike(Protocol):
    """An object of a study that cannot be shown."""

    @property
    def reason(self) -> Message:
        """Why."""


class ContradictionLike(Protocol):
    """Something that does not fit in a report."""

    @property
    def key(self) -> str:
        """Names it in the draft that overrules it."""

    @property
    def told(self) -> Message:
        """What does not fit with what."""

    @property
    def may_stand(self) -> bool:
        """Whether the reader can let it stand, with a word."""


class EntryLike(Protocol):
    """An entry of the statement catalogue, as the type-ahead shows it."""

    @property
    def code(self) -> str:
        """Stable id."""

    @property
    def zh(self) -> str:
        """Chinese text."""

    @property
    def en(self) -> str:
        """English text."""


class DeskLike(Protocol):
    """What a reader can do; signatures as in farlead.desk."""

    @property
    def account(self) -> Account:
        """Who reads."""

    @property
    def station(self) -> str:
        """Where."""

    @property
    def tending(self) -> TendingLike | None:
        """The systems outside, where this desk can reach them."""

    def worklist(self, filter: Filter = ...) -> Worklist:  # noqa: A002  # the desk's own name
        """The list now."""

    def changed(self) -> int:
        """Number that changes when the list may have changed."""

    def take_next(self, after: int | None = None, filter: Filter = ...) -> Claim | None:  # noqa: A002
        """Take the best free study for me alone; None when none is free."""

    def claim(self, study_id: int) -> Claim:
        """Take a study for me alone."""

    def renew(self, claim: Claim) -> Claim:
        """Prolong a lease."""

    def release(self, claim: Claim) -> None:
        """Give a study back."""

    def skip(self, claim: Claim, reason: str) -> None:
        """Pass a study on to another reader; logged."""

    def take_over(self, study_id: int, reason: str) -> Claim:
        """Take a study that another holds; logged."""

    def open(self, study_id: int) -> OpenStudyLike:
        """Read everything about a study."""

    def fetch_ahead(self, studies: Sequence[int]) -> None:
        """These are looked at next."""

    def glimpse(self, study_id: int) -> Glimpse | None:
        """Three seconds of the lead that shows why an ECG is urgent."""

    def earlier_ecgs(self, study_id: int) -> EarlierEcgs:
        """The same patient's earlier ECGs, newest first."""

    def viewed(self, study_id: int, seconds: float) -> None:
        """A sheet was on the screen in full for so long before it was confirmed; audited."""

    def exported(self, study_id: int, form: str) -> None:
        """Something of a study is about to leave the station; logged."""

    def save_draft(self, claim: Claim, draft: Draft) -> object:
        """Store what has been written."""

    def statements(
        self, query: str, limit: int = ..., kind: Kind | None = ...
    ) -> Sequence[EntryLike]:
        """Catalogue entries for what is typed, for this kind of study."""

    def templates(self, query: str, limit: int, kind: Kind) -> Sequence[Template]:
        """Templates for what is typed, for this kind of study."""

    def variants(self, line: Statement) -> Sequence[Statement]:
        """A line as the catalogue has it, then in each way in which it can be qualified."""

    def contradictions(
        self, open_study: OpenStudyLike, draft: Draft
    ) -> "tuple[ContradictionLike, ...]":
        """What does not fit in a draft and has not been overruled."""

    def preview(self, what: OpenStudyLike, draft: Draft) -> bytes:
        """The report as it would be signed, as PDF marked unsigned."""

    def signed_pdf(self, report_id: int) -> bytes:
        """A signed report as it was delivered; audited."""

    def suggestion_statement(self, flag: Flag) -> Statement | None:
        """The line that accepting a suggestion adds."""

    def may_accept_all(self, open_study: OpenStudyLike) -> bool:
        """Whether one key may accept all suggestions."""

    def blocked_by(self, open_study: OpenStudyLike, draft: Draft) -> Message | None:
        """Why this draft cannot be signed."""

    def key_open(self) -> bool:
        """Whether the signing key is open."""

    @property
    def by_password(self) -> bool:
        """Whether a password unlocks the station; else the PIN does."""

    def unlock(self, word: str) -> object:
        """Unlock the station."""

    def open_key(self, pin: str) -> object:
        """Open the signing key."""

    def close_key(self) -> None:
        """Close the signing key: at lock and at log-out."""

    def confirm_identity(self, claim: Claim) -> None:
        """The reader says that all documents of a study speak of one person; logged."""

    def sign(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = ...) -> ReportVersion:
        """Compose, sign and record the report; `seen`: hashes of what was on the screen."""

    def search(self, query: SearchQuery) -> SearchPage:
        """One page of the studies that fit, among all; audited."""

    def put_ready(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = ...) -> None:
        """Ready to sign: kept at this station until the database is back."""

    def kept(self) -> Kept:
        """How much this station keeps for the database."""

    def take_up(self, held: Claim | None = ...) -> TakenUp:
        """The database is back: hand over what is kept, each claim checked again."""

    def offered(self, study_id: int) -> Sequence[Offered]:
        """What others wrote about a study while the database was away."""

    def personal(self) -> Mapping[str, object]:
        """What follows the reader from station to station."""

    def keep_personal(self, **values: object) -> None:
        """Keep some of it."""

    def retake(self, claim: Claim, reason: str, hint: str) -> None:
        """Ask the unit to record again."""

    def cases(self) -> Sequence[CriticalCase]:
        """Suspected and open critical values, the one whose clock runs longest first."""

    def case_log(self, days: int = ...) -> Sequence[CriticalCase]:
        """Running cases, and those of the last days."""

    def case_form(self, case_id: int) -> bytes:
        """The form of a case as PDF."""

    @property
    def marks(self) -> Sequence[Mark]:
        """Marks of the clock of a critical value."""

    def left_over(self) -> Sequence[LeftOver]:
        """What this reader leaves open, and what is pressing."""

    def hand_over(self, note: str = ...) -> HandOver:
        """Hand the shift over."""

    def handovers(self) -> Sequence[HandOver]:
        """Shifts that nobody has taken on."""

    def take_shift(self, handover_id: int) -> HandOver:
        """Take a colleague's shift on."""

    def chest_pain(self, study_id: int) -> Timeline:
        """What is known of the chest pain clock of a study."""

    def export_chest_pains(self, days: int, file: Path) -> int:
        """Write the clocks of what arrived in these last days to a file; how many they are."""

    def enter_time(self, study_id: int, moment: Moment, at: datetime) -> Timeline:
        """Enter a time that nobody knew."""

    def confirm_case(self, case_id: int) -> CriticalCase:
        """Take what screening suspects as a critical value."""

    def contacts(self, case: CriticalCase) -> Sequence[Contact]:
        """Whom to call about a case."""

    def open_case(self, what: Claim | int, source: Finding | str) -> CriticalCase:
        """Declare a critical value."""

    def record_call(self, case_id: int, made: CallMade) -> CriticalCase:
        """Record a try to reach the unit."""

    def close_case(
        self, case_id: int, ending: CaseState, *, reason: str = ..., taken_over_by: str = ...
    ) -> CriticalCase:
        """End a case in one of its three ways."""

    def send_back(self, claim: Claim, remarks: Sequence[Remark]) -> None:
        """Send a report under review back to its author."""

    def reported(self, words: str = ...) -> list[tuple[Study, ReportVersion]]:
        """Studies with an issued report, by number or patient."""

    def versions(self, study_id: int) -> list[ReportVersion]:
        """All signed versions of a study's report, the newest first."""

    def brought(self, report_id: int) -> list[Brought]:
        """How a version of a report stands at each destination, with its history."""

    def reported_at(self, studies: Sequence[int]) -> Mapping[int, DeliveryState]:
        """How far the reports of these studies are at their destinations."""

    def amend(self, report_id: int, reason: str) -> Claim:
        """Begin to correct the report in force."""

    def withdraw_report(self, report_id: int, reason: str) -> ReportVersion:
        """Take the report in force back."""

    def open_orders(self) -> Sequence[OpenOrder]:
        """Orders that a person must look at, each with both its sides."""

    def settled_orders(self) -> Sequence[KeptOrder]:
        """Orders that are joined or closed."""

    def join_order(self, order_id: int, study_id: int, reason: str) -> KeptOrder:
        """An order asks for this study."""

    def patient_links(self) -> Sequence[PatientLink]:
        """Patients that units' systems have joined, the newest first."""

    def part_patients(self, link_id: int, reason: str) -> None:
        """Two patients that were joined are two people."""

    def part_order(self, order_id: int, reason: str) -> None:
        """An order does not ask for its study."""

    def close_order(self, order_id: int, reason: str) -> None:
        """An order has no study and will have none."""

    def reopen_order(self, order_id: int, reason: str) -> None:
        """A closed order waits again."""

    def checked(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = ...) -> None:
        """Seen in full and checked, to be signed later with others."""

    def batch(self) -> BatchList:
        """What has been checked and not signed."""

    def sign_batch(self, listed: BatchList, pin: str) -> list[BatchOutcome]:
        """Sign a list that one PIN confirms."""
