"""The lives in the database are those of the model, and claims behave like a simple model."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from farlead.errors import ClaimError
from farlead.model.lives import (
    CASE,
    DELIVERY,
    REPORT,
    STUDY,
    CaseState,
    DeliveryState,
    Life,
    ReportState,
    StudyState,
)
from farlead.model.people import Account
from farlead.model.report import Claim, Draft
from farlead.model.study import Severity
from farlead.store import postgres, sqlite
from farlead.store.guards import Guard, guards
from support_places import REFUSALS, SQLITE, Place, Raw
from support_store import FakeClock, arrival, draft, reader, screening, signed

LIVES: list[tuple[Life[StrEnum], type[StrEnum]]] = [
    (STUDY, StudyState),
    (REPORT, ReportState),
    (DELIVERY, DeliveryState),
    (CASE, CaseState),
]


def _accepts(raw: Raw, sql: str) -> bool:
    try:
        raw.execute(sql)
    except REFUSALS:
        return False
    return True


@pytest.mark.parametrize(("life", "states"), LIVES, ids=lambda value: getattr(value, "name", ""))
def test_the_triggers_allow_exactly_what_the_model_allows(
    nowhere: Callable[[str], Place], kind: str, life: Life[StrEnum], states: type[StrEnum]
) -> None:
    born, step = (
        next(guard for guard in guards() if guard.name == f"{life.name}_{what}")
        for what in ("born", "step")
    )
    place = nowhere(kind)
    with place.raw() as raw:
        raw.execute(f"CREATE TABLE {life.name} (id INTEGER, state TEXT)")
        for old in states:
            _guarded(raw, kind, born)
            accepted = _accepts(raw, f"INSERT INTO {life.name} (id, state) VALUES (1, '{old}')")  # noqa: S608 - tables of ours
            assert accepted == (old in life.born)
            raw.execute(_dropped(kind, born))
            _guarded(raw, kind, step)
            for new in [*states, "something_else"]:
                raw.execute(f"DELETE FROM {life.name}")  # noqa: S608 - tables of ours
                raw.execute(f"INSERT INTO {life.name} (id, state) VALUES (1, '{old}')")  # noqa: S608 - tables of ours
                allowed = new in set(states) and life.allows(old, states(new))
                assert _accepts(raw, f"UPDATE {life.name} SET state = '{new}'") == allowed  # noqa: S608 - tables of ours
            raw.execute(_dropped(kind, step))


def _guarded(raw: Raw, kind: str, guard: Guard) -> None:
    made = (sqlite if kind == SQLITE else postgres).made(guard)
    for sql in made:
        raw.execute(sql)


def _dropped(kind: str, guard: Guard) -> str:
    return f"DROP TRIGGER {guard.name}" + ("" if kind == SQLITE else f" ON {guard.table}")


@dataclass
class Known:
    """What a study must be like by the rules of the design, kept in plain memory."""

    state: StudyState = StudyState.WAITING
    holder: int | None = None
    fencing: int = 0
    until: datetime | None = None
    reserved: int | None = None
    draft: Draft | None = None
    claims: list[Claim] = field(default_factory=list)


READERS = ("li", "wang", "zhao")


class Claims(RuleBasedStateMachine):
    """Random readers over a few studies; the store and the model must agree at every step."""

    empty: Place
    folder: Path

    @initialize()
    def begin(self) -> None:
        self.clock = FakeClock()
        place = self.empty.copy(Path(tempfile.mkdtemp(dir=self.folder)))
        self.store = place.open(self.clock)
        self.readers = [reader(self.store, login) for login in READERS]
        self.known: dict[int, Known] = {}
        for name in "ab":
            study = self.store.add_object(arrival(name)).study_id
            self.store.save_screening(study, screening(Severity.NORMAL))
            self.known[study] = Known()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert self.store.check() == []
            assert self.store.verify_audit() == []
            self.store.close()

    @rule(study=st.sampled_from([1, 2]), who=st.integers(0, 2))
    def claim(self, study: int, who: int) -> None:
        known, account = self.known[study], self.readers[who]
        self._lapse(known)
        may = self._free(known, account)
        try:
            claim = self.store.claim(study, account, f"seat {who}")
        except ClaimError:
            assert not may
            return
        assert may
        self._taken(known, account, claim)

    @rule(wanted=st.permutations([1, 2]), who=st.integers(0, 2))
    def claim_first(self, wanted: list[int], who: int) -> None:
        """The first that this reader may have, in the order in which they are offered."""
        account = self.readers[who]
        for study in wanted:
            self._lapse(self.known[study])
        free = [study for study in wanted if self._free(self.known[study], account)]
        claim = self.store.claim_first(wanted, account, f"seat {who}")
        assert (None if claim is None else claim.study) == (free[0] if free else None)
        if claim is not None:
            self._taken(self.known[claim.study], account, claim)

    @rule(study=st.sampled_from([1, 2]), who=st.integers(0, 2))
    def take_over(self, study: int, who: int) -> None:
        known, account = self.known[study], self.readers[who]
        possible = known.state in (StudyState.WAITING, StudyState.CLAIMED, StudyState.CHECKED)
        try:
            claim = self.store.take_over(study, account, f"seat {who}", "换班")
        except ClaimError:
            assert not possible
            return
        assert possible
        self._taken(known, account, claim)

    @rule(study=st.sampled_from([1, 2]), which=st.integers(0, 5), act=st.integers(0, 5))
    def act(self, study: int, which: int, act: int) -> None:
        """Somebody uses a claim that he was given once, perhaps long ago."""
        known = self.known[study]
        if not known.claims:
            return
        claim = known.claims[-1 - which % len(known.claims)]
        valid = (
            known.state is StudyState.CLAIMED
            and claim.fencing == known.fencing
            and known.until is not None
            and known.until > self.clock()
        )
        try:
            self._use(act, claim, known if valid else Known())
        except ClaimError:
            assert not valid
            return
        assert valid

    def _use(self, act: int, claim: Claim, known: Known) -> None:
        account = next(a for a in self.readers if a.id == claim.account)
        written = draft(f"稿 {self.clock().timestamp()}")
        match act:
            case 0:
                self.store.renew(claim)
                known.until = self.clock() + timedelta(seconds=120)
            case 1 | 2:
                self.store.save_draft(claim, written)
                known.draft = written
            case 3:
                self.store.release(claim)
                known.state = StudyState.WAITING
            case 4:
                self.store.set_checked(claim, "seen")
                known.state, known.reserved = StudyState.CHECKED, account.id
            case _:
                self.store.finish(claim, signed(self.store, account), ["u1"])
                known.state, known.draft = StudyState.REPORTED, None

    @rule(seconds=st.sampled_from([1, 60, 119, 121, 900]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule()
    def expire(self) -> None:
        self.store.expire_claims()
        for study, known in self.known.items():
            self._lapse(known)
            near = self.store.study(study).due - self.clock() <= timedelta(minutes=15)
            if known.state is StudyState.CHECKED and near:
                known.state, known.reserved = StudyState.WAITING, None

    def _free(self, known: Known, account: Account) -> bool:
        """Whether a study is free for this reader, or his already."""
        return (
            known.state is StudyState.WAITING
            or (known.state is StudyState.CHECKED and known.reserved == account.id)
            or (known.state is StudyState.CLAIMED and known.holder == account.id)
        )

    def _lapse(self, known: Known) -> None:
        over = known.until is not None and known.until <= self.clock()
        if known.state is StudyState.CLAIMED and over:
            known.state, known.holder = StudyState.WAITING, None

    def _taken(self, known: Known, account: Account, claim: Claim) -> None:
        assert claim.fencing == known.fencing + 1
        known.state, known.holder, known.reserved = StudyState.CLAIMED, account.id, None
        known.fencing, known.until = claim.fencing, self.clock() + timedelta(seconds=120)
        known.claims.append(claim)

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "known"):
            return
        for study, known in self.known.items():
            row = self.store.row(study)
            lapsed = known.until is not None and known.until <= self.clock()
            state = row.study.state
            assert state is known.state or (lapsed and state is StudyState.CLAIMED)
            assert (row.claim is not None) == (state is StudyState.CLAIMED)
            kept = self.store.draft(study)
            assert (kept.draft if kept else None) == known.draft


def test_claims_agree_with_a_simple_model(
    empty: Callable[[str], Place], kind: str, tmp_path: Path
) -> None:
    Claims.empty, Claims.folder = empty(kind), tmp_path
    run_state_machine_as_test(
        Claims,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
