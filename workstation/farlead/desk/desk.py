"""The desk of one reader at one station."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from farlead.access.accounts import Right, Session, SignedIn, require
from farlead.access.keys import KeyRing
from farlead.desk import opened as rules
from farlead.desk.batch import Batch, BatchList, BatchOutcome, draft_hash
from farlead.desk.beside import Beside, EarlierEcgs
from farlead.desk.contents import Contents
from farlead.desk.critical import CaseDesk, denied
from farlead.desk.glimpse import Glimpse, glimpse
from farlead.desk.near import NearDesk
from farlead.desk.opened import OpenStudy, Shown
from farlead.desk.ordering import OrderDesk
from farlead.desk.searching import searched
from farlead.desk.signing import Signing
from farlead.desk.taking import ALL
from farlead.desk.tending import Tending
from farlead.desk.writing import WritingDesk
from farlead.errors import CredentialProblem, SignatureRefused, SignInRefused, WrongPin
from farlead.messages import Message, Parameter, message
from farlead.model.lives import StudyState
from farlead.model.outage import Offered
from farlead.model.people import Account
from farlead.model.recording import ImageStudy, Recording
from farlead.model.report import Claim, Draft, ReportVersion
from farlead.model.search import SearchPage, SearchQuery
from farlead.model.study import StoredObject, Study
from farlead.model.worklist import Row
from farlead.objects import ObjectFolder
from farlead.reporting.compositor import Compositor
from farlead.sandbox import Sandbox
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

#: How many of the next studies are decoded before they are asked for.
AHEAD = 2
#: How many of them, with the earlier ECGs of their patients, are fetched to this station.
AT_HAND = 6


class Desk(CaseDesk, WritingDesk, NearDesk, OrderDesk):
    """Everything a reader can do. Every method blocks and may be called from any thread.

    Parameters
    ----------
    settings : Settings
    store : Store
    objects : ObjectFolder
    sandbox : Sandbox
        Where the bytes of studies are decoded.
    session : Session
        Who reads, and where.
    keys : KeyRing
        The reader's signing key.
    compositor : Compositor
    clock : callable
        Time of the station; what is written carries the store's.
    tending : Tending, optional
        The systems outside, where this desk can reach them.

    Notes
    -----
    Rights are checked here, before anything else. Opening a study is audited.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        sandbox: Sandbox,
        session: Session,
        keys: KeyRing,
        compositor: Compositor,
        *,
        clock: Clock = utc_now,
        tending: Tending | None = None,
        password: SignedIn | None = None,
    ) -> None:
        CaseDesk.__init__(self, settings, store, session, compositor)
        WritingDesk.__init__(self, settings)
        NearDesk.__init__(self, settings, store, objects, session, clock)
        OrderDesk.__init__(self, store, session)
        self.tending = tending
        self._password = password
        self._keys = keys
        self._formula = settings.qt_formula
        self._least_view = settings.signing.least_view_seconds
        self._contents = Contents(objects, sandbox, seconds=settings.decode_seconds)
        self._beside = Beside(
            store, self._contents, session, self._formula, self._screened_first, self._audit
        )
        self._signing = Signing(settings, store, objects, keys, compositor)
        self._batch = Batch(self, self._opened, self._blocked)
        self._shown: dict[int, frozenset[str]] = {}
        self._lock = threading.Lock()

    @property
    def account(self) -> Account:
        """Who reads."""
        return self._session.account

    @property
    def station(self) -> str:
        """Where."""
        return self._session.station

    def begin(self) -> None:
        """The session begins: audited."""
        self._audit("session.begun", f"account:{self.account.login}", {"station": self.station})

    def end(self) -> None:
        """The session ends: audited."""
        self._audit("session.ended", f"account:{self.account.login}")

    def close(self) -> None:
        """Close the key and forget decoded studies; claims end by their lease."""
        self._keys.close()
        self._contents.close()

    # Signing later

    def checked(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = None) -> None:
        """Seen in full and checked, to be signed later with others by one PIN.

        Raises
        ------
        SignatureRefused
            What stops a signature stops this.
        ClaimRefused
            The study is critical, urgent or unknown: it is signed now. Or it is an amendment.
        ClaimLost
        """
        require(self._session, Right.SIGN_REPORT)
        opened = self._opened(claim.study)
        blocked = self._unseen(opened, seen) or self._blocked(opened, draft)
        if blocked is not None:
            raise SignatureRefused(blocked)
        self._store.save_draft(claim, draft)
        self._store.set_checked(claim, draft_hash(opened, draft))
        self._lift(claim.study)

    def batch(self) -> BatchList:
        """What this reader has checked and not signed, each with what stops it now."""
        require(self._session, Right.SIGN_REPORT)
        return self._batch.listed(self._to_sign())

    def _to_sign(self) -> Mapping[int, str]:
        """Studies that wait for this reader's one PIN, each with the hash of what was seen."""
        return self._store.checked(self.account.id)

    def sign_batch(self, listed: BatchList, pin: str) -> list[BatchOutcome]:
        """Sign the list that one PIN confirms; what cannot be signed is back with its draft.

        Raises
        ------
        WrongPin, CredentialProblem
            Nothing was signed.
        """
        require(self._session, Right.SIGN_REPORT)
        self.open_key(pin)
        checked = self._to_sign()
        detail: dict[str, Parameter] = {
            "count": len(listed.items),
            "list": listed.sha256,
            "station": self.station,
        }
        self._audit("batch.confirmed", f"account:{self.account.login}", detail)
        return list(self._batch.signed(listed, checked))

    # Reading

    def open(self, study_id: int) -> OpenStudy:
        """Everything about a study; what cannot be read is said, never left out.

        Raises
        ------
        NotFound
        """
        require(self._session, Right.OPEN_STUDY)
        return self._shown_to(self._opened(study_id))

    def _shown_to(self, opened: OpenStudy) -> OpenStudy:
        """The reader sees it: audited; what comes next is fetched."""
        study_id = opened.row.study.id
        with self._lock:
            self._shown[study_id] = _hashes(opened)
        self._note_open(study_id)
        self._fetch_ahead(study_id)
        return opened

    def contents(self, study_id: int) -> tuple[Recording | ImageStudy, ...]:
        """Readable contents of a study, e.g. an earlier one beside the open one; audited."""
        return self.open(study_id).contents

    def offered(self, study_id: int) -> tuple[Offered, ...]:
        """What others wrote about a study while the database was away, the newest first."""
        require(self._session, Right.OPEN_STUDY)
        return self._store.offered(study_id)

    def personal(self) -> Mapping[str, object]:
        """What follows this reader from station to station, by name."""
        return self._store.personal(self.account)

    def keep_personal(self, **values: object) -> None:
        """Keep these of them, the others as they are; plain JSON values."""
        with self._lock:
            self._store.save_personal(
                self.account, {**self._store.personal(self.account), **values}
            )

    def glimpse(self, study_id: int) -> Glimpse | None:
        """Three seconds of the lead that shows why an ECG is urgent; None when none can be drawn.

        Like the list, and as it names nobody, it is no opening of the study. NotFound.
        """
        require(self._session, Right.OPEN_STUDY)
        row = self._store.row(study_id)
        return glimpse(row, self._contents.load(self._screened_first(row.study)).contents)

    def earlier_ecgs(self, study_id: int) -> EarlierEcgs:
        """The same patient's earlier ECGs from all units, newest first; audited. NotFound."""
        require(self._session, Right.OPEN_STUDY)
        return self._beside.ecgs(study_id)

    def search(self, query: SearchQuery) -> SearchPage:
        """One page of the studies that fit; audited. PermissionDenied, SearchRefused."""
        return searched(self._store, self._catalogue, self._session, query)

    def viewed(self, study_id: int, seconds: float) -> None:
        """A sheet was on the screen in full for so long before it was confirmed; audited."""
        require(self._session, Right.SIGN_REPORT)
        detail: dict[str, Parameter] = {
            "seconds": round(seconds, 1),
            "least": self._least_view,
            "station": self.station,
        }
        self._store.audit(self.account.login, "study.viewed", f"study:{study_id}", detail)

    def exported(self, study_id: int, form: str) -> None:
        """Something of a study leaves the station as `form` (``pdf``, ``png``, ``values``).

        Called before it is written: what is not in the audit trail is not handed out.
        """
        require(self._session, Right.OPEN_STUDY)
        detail = {"form": form, "station": self.station}
        self._audit("study.exported", f"study:{study_id}", detail)

    def signed_pdf(self, report_id: int) -> bytes:
        """A signed report as it was delivered; audited. NotFound, ObjectMissing."""
        require(self._session, Right.OPEN_STUDY)
        version = self._store.report(report_id)
        self._store.report_content(report_id)  # NotFound for a draft
        self._audit("report.opened", f"study:{version.study}", {"report": report_id})
        return self._objects.get(version.sha256 or "")

    def _opened(self, study_id: int) -> OpenStudy:
        described, objects = self._described(study_id)
        self._pin(described.row, objects)
        return self._with_contents(described, objects)

    def _described(self, study_id: int) -> tuple[OpenStudy, tuple[StoredObject, ...]]:
        """What the store says of a study, and its objects, the one that was screened first."""
        with self._store.at_one_moment():
            return self._read_whole(study_id)

    def _read_whole(self, study_id: int) -> tuple[OpenStudy, tuple[StoredObject, ...]]:
        row = self._corrected(self._store.row(study_id))
        written = self._store.draft(study_id)
        signed = [v for v in self._store.reports(study_id) if v.sha256 is not None]
        review = self._store.review(study_id)
        basis = _basis(written, signed, reviewed=review is not None)
        draft = written.draft if written else Draft()
        if review is not None and basis is not None:
            draft = self._store.reviewed_draft(study_id) or basis.draft
        described = OpenStudy(
            row=row,
            contents=(),
            draft=draft,
            report=signed[-1] if signed else None,
            earlier=tuple(self._store.earlier(study_id)),
            review=review,
            basis=basis,
            remarks=self._store.remarks(study_id),
            offered=self._store.offered(study_id),
        )
        return described, self._screened_first(row.study)

    def _with_contents(self, described: OpenStudy, objects: tuple[StoredObject, ...]) -> OpenStudy:
        loaded = self._contents.load(objects)
        failure = rules.why_nothing(described.row, loaded.contents, loaded.unreadable)
        return replace(
            described, contents=loaded.contents, failure=failure, unreadable=loaded.unreadable
        )

    def _corrected(self, row: Row) -> Row:
        """The row with the QTc by the formula of today's settings: window and report agree."""
        if row.screening is None:
            return row
        return replace(row, screening=row.screening.corrected_by(self._formula))

    def _screened_first(self, study: Study) -> tuple[StoredObject, ...]:
        """Positions in a screening count the samples of one object: the first one shown."""
        if study.state is StudyState.QUARANTINED:
            return ()
        measured = self._store.screened_object(study.id)
        return tuple(sorted(study.objects, key=lambda stored: stored.sha256 != measured))

    def fetch_ahead(self, studies: Sequence[int]) -> None:
        """These are looked at next: decoded in the background; the first ones count."""
        require(self._session, Right.OPEN_STUDY)
        self._decode_ahead(lambda: [self._store.row(study) for study in studies[:AT_HAND]])

    def _fetch_ahead(self, study_id: int) -> None:
        self._decode_ahead(lambda: self._coming(study_id)[:AT_HAND])

    def _decode_ahead(self, coming: Callable[[], Sequence[Row]]) -> None:
        """The first of these are decoded, all and their earlier ECGs fetched to this station."""
        rows: list[Row] = []
        known: dict[int, tuple[StoredObject, ...]] = {}

        def earlier(row: Row) -> tuple[StoredObject, ...]:
            if row.study.id not in known:
                known[row.study.id] = self._beside.objects(row.study)
            return known[row.study.id]

        def decoded() -> Iterator[StoredObject]:
            rows[:] = coming()
            for row in rows[:AHEAD]:
                yield from row.study.objects
            for row in rows[:AHEAD]:
                yield from earlier(row)

        def near() -> Iterator[StoredObject]:
            for row in rows:
                yield from row.study.objects
                yield from earlier(row)

        self._contents.fetch_ahead(decoded, near)

    def _coming(self, study_id: int) -> tuple[Row, ...]:
        """The next studies that this reader will be offered after this one."""
        return tuple(self._in_turn(self._free(ALL, study_id)))

    # Writing

    def save_draft(self, claim: Claim, draft: Draft) -> None:
        """Keep what has been written; on disk when this returns. ClaimLost."""
        require(self._session, Right.WRITE_REPORT)
        self._store.save_draft(claim, draft)

    def may_accept_all(self, open_study: Shown) -> bool:
        """Whether one key may accept all suggestions of a study."""
        return rules.may_accept_all(open_study)

    def blocked_by(self, open_study: Shown, draft: Draft) -> Message | None:
        """Why this draft cannot be signed, e.g. an undecided critical suggestion."""
        blocked = rules.blocked_by(open_study, draft, self._catalogue)
        return blocked or denied(self._cases_of(open_study.row.study.id), draft)

    def preview(self, what: Shown | Claim | Study | int, draft: Draft) -> bytes:
        """The report as it would be signed, as PDF marked unsigned; ComposeError.

        Of an opened study nothing is read anew: it is composed at each keystroke.
        """
        require(self._session, Right.OPEN_STUDY)
        match what:
            case OpenStudy():
                return self._signing.preview(what, draft, self.account)
            case Claim():
                study_id = what.study
            case Study():
                study_id = what.id
            case int():
                study_id = what
            case _:
                study_id = what.row.study.id
        return self._signing.preview(self._opened(study_id), draft, self.account)

    # Signing

    def key_open(self) -> bool:
        """Whether the signing key is open."""
        return self._keys.is_open

    def open_key(self, pin: str) -> None:
        """Open the signing key; what does not open it is audited. WrongPin, CredentialProblem."""
        require(self._session, Right.SIGN_REPORT)
        try:
            self._keys.open(pin)
        except (WrongPin, CredentialProblem) as error:
            action = "key.wrong_pin" if isinstance(error, WrongPin) else "key.refused"
            detail = {"reason": error.reason.id, "station": self.station}
            self._audit(action, f"account:{self.account.login}", detail)
            raise
        self._audit("key.opened", f"account:{self.account.login}")

    @property
    def by_password(self) -> bool:
        """Whether a password unlocks the station; else the PIN of the signing key does."""
        return self._password is not None

    def unlock(self, word: str) -> None:
        """Unlock the station. SignInRefused, WrongPin, CredentialProblem: it stays locked."""
        if self._password is None:
            self.open_key(word)
            return
        try:
            self._password.check(word)
        except SignInRefused:
            self._audit("session.refused", f"account:{self.account.login}")
            raise
        self._audit("session.unlocked", f"account:{self.account.login}")

    def close_key(self) -> None:
        """Close the signing key: at lock and at log-out."""
        self._keys.close()

    def sign(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = None) -> ReportVersion:
        """Compose, sign and finish the report of a claimed study.

        The study is looked at anew: what screening or the archive changed meanwhile counts.

        Parameters
        ----------
        claim : Claim
        draft : Draft
        seen : frozenset of str, optional
            SHA-256 of the objects that were on the screen in full; a study that has others is
            not signed. None: what :meth:`open` last handed out counts as seen.

        Raises
        ------
        PermissionDenied
        SignatureRefused
            :meth:`blocked_by` says why.
        SigningError, CredentialProblem
            The key is closed, or its certificate is not the account's.
        ComposeError
        ClaimLost
            Somebody else holds the study now; the signed file is kept as void.
        """
        require(self._session, Right.SIGN_REPORT)
        opened = self._opened(claim.study)
        blocked = self._unseen(opened, seen) or self._blocked(opened, draft)
        if blocked is not None:
            raise SignatureRefused(blocked)
        if opened.review is not None:
            self._may_review(claim.study)
        signed = self._signing.sign(claim, opened, draft, self.account.login)
        self._lift(claim.study)
        return signed

    def _note_open(self, study_id: int) -> None:
        """Audited; and where a reader opens it a suspicion is no longer opened by nobody."""
        reading = self._session.may(Right.WRITE_REPORT)
        self._store.note_open(study_id, self.account, self.station, reading=reading)

    def _audit(
        self, action: str, subject: str, detail: Mapping[str, Parameter] | None = None
    ) -> None:
        """What this reader does, into the audit trail before it is done."""
        self._store.audit(self.account.login, action, subject, detail)

    def _blocked(self, opened: OpenStudy, draft: Draft) -> Message | None:
        return self.blocked_by(self._with_last(opened), draft)

    def _unseen(self, opened: OpenStudy, seen: frozenset[str] | None) -> Message | None:
        """Whether the study has objects that this reader has not seen: the report names them."""
        with self._lock:
            shown = self._shown.get(opened.row.study.id) if seen is None else seen
        new = _hashes(opened) - shown if shown is not None else set()
        return message("desk.new_objects", count=len(new)) if new else None

    def _with_last(self, opened: OpenStudy) -> OpenStudy:
        """While a late object waits for screening, what was suggested before still counts."""
        if opened.row.screening is not None:
            return opened
        last = self._store.last_screening(opened.row.study.id)
        return replace(opened, row=self._corrected(replace(opened.row, screening=last)))


def _basis(
    written: ReportVersion | None, signed: list[ReportVersion], *, reviewed: bool
) -> ReportVersion | None:
    """The version that is reviewed or amended: what is written is compared with it."""
    if reviewed:
        return signed[-1]
    before = written.supersedes if written is not None else None
    return next((version for version in signed if version.id == before), None)


def _hashes(opened: OpenStudy) -> frozenset[str]:
    return frozenset(stored.sha256 for stored in opened.row.study.objects)
