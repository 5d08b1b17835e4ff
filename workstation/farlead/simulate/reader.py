"""A simulated reader at a real desk: asks for the next study, reads, signs.

How long reading takes is drawn from a log-normal distribution: an ECG with a median of 30 s, one
with a critical suggestion 45 s and then the telephone call of 60 s; `SPREAD` is the deviation of
the logarithm. Nothing of it was measured on people: it is stated so that it can be judged.
"""

import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from math import log

from farlead.access.demo_authority import DEMO_PIN
from farlead.desk import OpenStudy, StationDesk
from farlead.errors import (
    ClaimError,
    FarleadError,
    SignatureRefused,
    StoreBusy,
    StoreUnreachable,
)
from farlead.model.critical import CallMade, Contact, CriticalCase, Way
from farlead.model.lives import CaseState, StudyState
from farlead.model.report import Claim, Decision, Draft, Ground
from farlead.model.screening import Quality
from farlead.model.study import Severity
from farlead.model.worklist import severity
from farlead.settings import utc_now
from farlead.simulate.diary import Act, Diary

#: Seconds of the morning: medians of reading, the call; deviation of the logarithm.
READING, READING_CRITICAL, CALL, SPREAD = 30.0, 45.0, 60.0, 0.5
#: Seconds of the wall clock between two looks at the list; cards that a station shows.
LOOK, CARDS = 1.0, 3
#: Who answers where the request names a number and nobody.
RECEIVER = "模拟值班医师"
#: Suggestions that readers do not share, other than those of planted studies; unfit ECGs that are
#: to be recorded again.
REJECTED, RETAKEN = 0.15, 0.5


@dataclass(frozen=True, slots=True)
class Habits:
    """How a reader works.

    Parameters
    ----------
    speed : float
        Seconds of the morning in one of the wall clock.
    seed : str
        For what this reader draws.
    looks : bool
        False: sits there and takes nothing, as readers do whom no card reaches.
    planted : frozenset of str
        Patients whose ECG is critical by its label; their suggestions are always accepted.
    """

    speed: float
    seed: str
    looks: bool = True
    planted: frozenset[str] = frozenset()


class Cards:
    """What the station shows of urgent studies, followed in a thread as the window does.

    Parameters
    ----------
    desk : StationDesk
    diary : Diary
    """

    def __init__(self, desk: StationDesk, diary: Diary) -> None:
        self._desk, self._diary = desk, diary
        self._seen: set[int] = set()
        self._counter: int | None = None
        self._stop = threading.Event()
        self.changed = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="farlead-cards")

    def start(self) -> None:
        """Begin to follow the list."""
        self._thread.start()

    def close(self) -> None:
        """Follow it no more."""
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stop.wait(LOOK):
            try:
                self._look()
            except FarleadError as error:  # the database is away: asked again
                self._diary.tell(Act.TROUBLE, error.reason.id)

    def _look(self) -> None:
        counter = self._desk.changed()
        if counter == self._counter:
            return
        rows = self._desk.worklist().rows
        self._counter = counter
        now = utc_now()
        urgent = [
            row
            for row in rows
            if row.study.state is StudyState.WAITING and severity(row, now) >= Severity.URGENT
        ]
        for row in urgent[:CARDS]:
            if row.study.id not in self._seen and row.screening is not None:
                self._seen.add(row.study.id)
                self._diary.tell(Act.SAW, row.study.id)
                self._desk.glimpse(row.study.id)
        self.changed.set()


class Reader:
    """Reads one study after another.

    Parameters
    ----------
    desk : StationDesk
    cards : Cards
    diary : Diary
    habits : Habits
    """

    def __init__(self, desk: StationDesk, cards: Cards, diary: Diary, habits: Habits) -> None:
        self._desk, self._cards, self._diary, self._habits = desk, cards, diary, habits
        self._dice = random.Random(habits.seed)  # noqa: S311 - a seeded morning, no secret
        self._worked = 0.0  # seconds of the program for the study in hand
        self._away = False  # the database was, and what the journal keeps is not handed over yet

    def read_on(self) -> None:
        """Take the next study, if there is one, and see it through."""
        try:
            began = time.monotonic()
            claim = self._desk.take_next() if self._habits.looks and self._there() else None
            if claim is None:
                self._cards.changed.wait(LOOK)
                self._cards.changed.clear()
            else:
                self._read(claim, began)
        except (ClaimError, SignatureRefused) as error:
            self._diary.tell(Act.LEFT, error.reason.id)
        except FarleadError as error:
            self._away = self._away or isinstance(error, StoreUnreachable | StoreBusy)
            self._diary.tell(Act.TROUBLE, error.reason.id)
            self._diary.tell(Act.LEFT, error.reason.id)

    def _there(self) -> bool:
        """Whether the database is; what was kept while it was away is handed over first."""
        self._away = self._away or self._desk.away is not None
        if self._away and self._desk.away is None:
            self._desk.take_up()
            self._away = False
        return not self._away

    def _read(self, claim: Claim, began: float) -> None:
        """See a study through that was asked for at `began`."""
        self._diary.tell(Act.TOOK, claim.study)
        opened = self._desk.open(claim.study)
        self._diary.tell(Act.OPENED, claim.study)
        self._worked = time.monotonic() - began
        found = opened.row.screening
        critical = found is not None and found.rank is Severity.CRITICAL
        claim = self._think(claim, self._drawn(READING_CRITICAL if critical else READING))
        if found is not None and found.quality is Quality.RETAKE and self._draw(RETAKEN):
            self._desk.retake(claim, "图像质量不合格，请重采", "请检查电极")
            self._diary.tell(Act.RETAKE, claim.study)
            return
        draft = self._draft(opened)
        claim = self._judge(claim, draft)
        self._sign(claim, draft)

    def _think(self, claim: Claim, seconds: float) -> Claim:
        """Let time of the morning pass; the lease is renewed meanwhile."""
        until = time.monotonic() + seconds / self._habits.speed
        while (left := until - time.monotonic()) > 0:
            lease = (claim.until - utc_now()).total_seconds()
            time.sleep(min(left, max(lease / 2, 0.1)))
            if until - time.monotonic() > 0:
                claim = self._desk.renew(claim)
        self._diary.tell(Act.LATE, f"{time.monotonic() - until:.3f}")
        return claim

    def _drawn(self, median: float) -> float:
        return self._dice.lognormvariate(log(median), SPREAD)

    def _draw(self, share: float) -> bool:
        return self._dice.random() < share

    def _draft(self, opened: OpenStudy) -> Draft:
        """Suggestions accepted or not, their statements, a conclusion."""
        found = opened.row.screening
        flags = found.flags if found is not None else ()
        planted = opened.row.study.patient.local_number in self._habits.planted
        rejected = {
            flag.code
            for flag in flags
            if flag.severity >= Severity.URGENT and not planted and self._draw(REJECTED)
        }
        lines = (
            self._desk.suggestion_statement(flag) for flag in flags if flag.code not in rejected
        )
        draft = Draft(
            statements=tuple(dict.fromkeys(line for line in lines if line is not None)),
            conclusion="模拟阅图，供演示。",
            decisions={
                flag.code: Decision.REJECTED if flag.code in rejected else Decision.ACCEPTED
                for flag in flags
            },
            grounds=dict.fromkeys(rejected, Ground.NOT_MET),
        )
        if self._desk.blocked_by(opened, draft) is None:
            return draft
        return Draft(conclusion=draft.conclusion, decisions=draft.decisions, grounds=draft.grounds)

    def _judge(self, claim: Claim, draft: Draft) -> Claim:
        """End the cases of a study: the unit is told, or it is said why it is no critical value."""
        for case in self._desk.cases():  # suspicions, too
            if case.study != claim.study:
                continue
            codes = [finding.code for finding in case.findings]
            if any(draft.decisions.get(code) is Decision.ACCEPTED for code in codes):
                claim = self._call(claim, case)
            else:
                self._desk.close_case(case.id, CaseState.NOT_CRITICAL, reason="模拟：非危急值")
        return claim

    def _call(self, claim: Claim, case: CriticalCase) -> Claim:
        if case.state is CaseState.SUSPECTED:
            case = self._desk.confirm_case(case.id)
        claim = self._think(claim, self._drawn(CALL))
        contact = next(iter(self._desk.contacts(case)), Contact(RECEIVER, "", "0000-0000"))
        made = CallMade(
            Way.TELEPHONE, contact.number, contact.name or RECEIVER, reached=True, read_back=True,
            advice="请立即处理",
        )  # fmt: skip
        self._desk.record_call(case.id, made)
        self._desk.close_case(case.id, CaseState.TOLD)
        return claim

    def _sign(self, claim: Claim, draft: Draft) -> None:
        began = time.monotonic()
        if not self._desk.key_open():
            self._desk.open_key(DEMO_PIN)
        try:
            self._desk.save_draft(claim, draft)
            self._desk.sign(claim, draft)
        except FarleadError:
            with suppress(FarleadError):
                self._desk.release(claim)
            raise
        self._worked += time.monotonic() - began
        self._diary.tell(Act.SIGNED, claim.study)
        self._diary.tell(Act.PROGRAM, f"{self._worked:.3f}")
