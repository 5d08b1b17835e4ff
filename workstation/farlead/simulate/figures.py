"""What came of a simulated morning: its figures, from the store and from what stations told."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

from farlead.model.critical import CriticalCase
from farlead.model.lives import StudyState
from farlead.model.study import Kind, Priority, Severity, Study
from farlead.model.worklist import unknown
from farlead.settings import Promised
from farlead.simulate.diary import Act, Line, diary_file, free_spans, read_diary
from farlead.simulate.plan import Plan, patient_number
from farlead.simulate.processors import Used
from farlead.store import Balance, Store

#: Seconds of the morning for which a raised critical value may wait while a reader is free.
UNSEEN_SECONDS = 60.0
#: Seconds of the morning by which it may be late before the machine is said not to hold it.
HELD_SECONDS = 60.0
#: And the share of time without a core above which it is.
HELD_SHARE = 0.5
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Turnaround:
    """From arrival to signature, in minutes of the morning.

    Parameters
    ----------
    signed : int
    median, p90, promised : float
    kept : float
        Percent within the promise.
    """

    signed: int
    median: float
    p90: float
    promised: float
    kept: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures of a morning.

    Parameters
    ----------
    unseen : tuple of str
        Raised critical values that waited too long for a free reader, by number of their study.
    missed : tuple of str
        Planted recordings that screening raised neither as critical nor as urgent, as
        ``missed_critical_ludb`` counts: no card, no sound.
    below_critical : tuple of str
        Planted recordings that it raised as urgent at most: a card, but no case of a critical
        value before a reader opens one.
    balance : int
        Arrivals less studies in all states, as ``doctor`` counts them.
    lost, doubled : int
        Files that were brought and are no study; studies that nobody brought.
    states : mapping
        Studies by state.
    criticals, planted : int
        Raised, and critical by their labels.
    turnaround : mapping of str to Turnaround
        By what the unit asked for.
    cards : sequence of float
        Seconds of the wall clock from a raised critical value to its card, on every station.
    looks : sequence of float
        Seconds of the morning from a raised critical value to its sheet at a reader.
    program : sequence of float
        Seconds of the wall clock of the program itself for one study.
    behind : float
        Seconds of the morning by which an arrival was brought, or a reader woke, too late.
    core_wait : float
        Of the time in which stations wanted a core, the share in which they had none.
    work : mapping
        Counts of what else happened.
    used : Used
        Of the processors from the begin of the morning to its end.
    start : float
        Seconds of the processors before: until services and stations stood.
    seconds, load : float
        Of the wall clock; load average at the end.
    """

    plan: Plan
    unseen: tuple[str, ...]
    missed: tuple[str, ...]
    below_critical: tuple[str, ...]
    balance: int
    lost: int
    doubled: int
    states: Mapping[str, int]
    criticals: int
    planted: int
    turnaround: Mapping[str, Turnaround]
    cards: Sequence[float]
    looks: Sequence[float]
    program: Sequence[float]
    behind: float
    core_wait: float
    work: Mapping[str, int]
    used: Used
    start: float
    seconds: float
    load: float

    @property
    def whole(self) -> bool:
        """Whether all that is promised was kept."""
        return not (self.unseen or self.missed or self.balance or self.lost or self.doubled)

    @property
    def held(self) -> bool:
        """Whether the machine could keep pace with the clock of the morning."""
        return self.behind <= HELD_SECONDS and not self.core_wait > HELD_SHARE

    def keys(self) -> dict[str, float]:
        """Figures by their names."""
        size = self.plan.size
        return {
            "unseen_critical": float(len(self.unseen)),
            "missed_critical": float(len(self.missed)),
            "below_critical": float(len(self.below_critical)),
            "balance": float(self.balance),
            "lost": float(self.lost),
            "doubled": float(self.doubled),
            "arrivals": float(len(self.plan.comings)),
            "signed": float(self.states.get(StudyState.REPORTED, 0)),
            "planted": float(self.planted),
            "criticals": float(self.criticals),
            "speed": size.speed,
            "behind_s": self.behind,
            "core_wait": self.core_wait,
            **_spread("card", "s", self.cards, 99),
            **_spread("critical_look", "s", self.looks, 90),
            **_spread("program", "s", self.program, 90),
            "seconds": self.seconds,
            "processor_services_s": self.used.services,
            "processor_stations_s": self.used.stations,
            "processor_simulator_s": self.used.simulator,
            "processor_start_s": self.start,
            "processor_per_study_s": self.used.all / max(len(self.plan.comings), 1),
            "processor_share": self.used.all / max(self.seconds, 1e-9) / (os.cpu_count() or 1),
            "load": self.load,
            **{name: float(number) for name, number in self.work.items()},
        }

    def document(self) -> dict[str, object]:
        """All figures and the names behind them, for a file."""
        return {
            "size": asdict(self.plan.size),
            "figures": self.keys(),
            "states": dict(self.states),
            "turnaround": {name: asdict(found) for name, found in self.turnaround.items()},
            "unseen": list(self.unseen),
            "missed": list(self.missed),
            "below_critical": list(self.below_critical),
            "planted": [each.source.name for each in self.plan.planted],
            "held": self.held,
        }


@dataclass(frozen=True, slots=True)
class Ran:
    """What is known beside store and diaries once a morning is over.

    Parameters
    ----------
    begun, ended : float
        By the clock that the diaries go by.
    late : float
        Seconds of the wall clock by which the latest arrival was brought too late.
    killed : int
    repeats : int
        Files that were sent a second time.
    used : Used
        Of the processors in that time.
    start : float
        Seconds of the processors before it.
    """

    begun: float
    ended: float
    late: float
    killed: int
    repeats: int
    used: Used
    start: float


def outcome(plan: Plan, store: Store, folder: Path, ran: Ran) -> Outcome:
    """Count what came of it."""
    speed = plan.size.speed
    diaries = {s.login: read_diary(diary_file(folder, s.login)) for s in plan.shifts}
    studies = {each.id: each for each in store.studies()}
    balance = store.balance()
    begun = datetime.fromtimestamp(ran.begun).astimezone() - timedelta(hours=1)
    cases = [case for case in store.cases_since(begun) if case.study in studies]
    opened = _first(Act.OPENED, diaries.values())
    told = [*_raised(cases), *_raised_urgent(plan, store, studies.values())]
    missed, below = _missed(plan, store, studies.values())
    lines = [line for diary in diaries.values() for line in diary]
    late = [float(line.value) for line in lines if line.act is Act.LATE]
    return Outcome(
        plan=plan,
        unseen=unseen(told, opened, diaries.values(), ran.ended, speed),
        missed=missed,
        below_critical=below,
        balance=difference(balance),
        lost=max(len(plan.comings) - balance.arrived, 0),
        doubled=max(balance.arrived - len(plan.comings), 0),
        states={state.value: number for state, number in balance.states.items() if number},
        criticals=len(cases),
        planted=len(plan.planted),
        turnaround=turnaround(_signed(store, studies.values()), speed),
        cards=_card_seconds(cases, diaries.values()),
        looks=[
            (opened[case.study] - case.since.timestamp()) * speed
            for case in cases
            if case.study in opened
        ],
        program=[float(line.value) for line in lines if line.act is Act.PROGRAM],
        behind=max([ran.late, *late], default=0.0) * speed,
        core_wait=_middle([float(line.value) for line in lines if line.act is Act.WAITED]),
        work=_work(lines, ran),
        used=ran.used,
        start=ran.start,
        seconds=ran.ended - ran.begun,
        load=os.getloadavg()[0],
    )


def difference(balance: Balance) -> int:
    """Arrivals less studies in all states; 0 is whole."""
    return balance.arrived - sum(balance.states.values())


@dataclass(frozen=True, slots=True)
class Raised:
    """What screening raised: its study, and when by the diaries' clock.

    `critical` is False for what is critical by its label and was raised as urgent: its turn comes
    among the urgent ones.
    """

    study: int
    number: str
    at: float
    critical: bool = True


def _raised(cases: Iterable[CriticalCase]) -> list[Raised]:
    """The moments from which the clocks of cases run."""
    return [Raised(case.study, case.number, case.since.timestamp()) for case in cases]


def _raised_urgent(plan: Plan, store: Store, studies: Iterable[Study]) -> Iterator[Raised]:
    """Planted recordings that screening raised as urgent, from its first word about them."""
    by_number = {(s.unit.code, s.patient.local_number): s for s in studies}
    for coming in plan.planted:
        study = by_number.get((coming.unit, patient_number(coming.patient)))
        if study is None or _rank(store, study.id)[0] is not Severity.URGENT:
            continue
        told = (e for e in store.trail(f"study:{study.id}") if e.action == "study.screened")
        for entry in islice(told, 1):
            yield Raised(study.id, study.number, entry.at.timestamp(), critical=False)


def unseen(
    raised: Iterable[Raised],
    opened: Mapping[int, float],
    diaries: Iterable[Sequence[Line]],
    ended: float,
    speed: float,
) -> tuple[str, ...]:
    """Numbers of studies that waited unopened for too long while a reader was free.

    A reader is free from the moment at which he has put one study aside until he takes the next.
    A study counts when one reader was free for :data:`UNSEEN_SECONDS` of the morning while it
    waited; and when, critical and having waited so long, it saw a reader take another study that
    was not.
    """
    all_raised = list(raised)
    critical = {each.study for each in all_raised if each.critical}
    spans = [span for diary in diaries for span in free_spans(diary, ended)]
    grace = UNSEEN_SECONDS / speed
    found = []
    for each in all_raised:
        until = opened.get(each.study, ended)
        idle = any(min(b, until) - max(a, each.at) > grace for a, b, _ in spans)
        passed = each.critical and any(
            taken is not None and taken not in critical and each.at + grace < b < until
            for _, b, taken in spans
        )
        if idle or passed:
            found.append(each.number)
    return tuple(found)


def _first(act: Act, diaries: Iterable[Sequence[Line]]) -> dict[int, float]:
    """When each study was first told of so by anybody."""
    found: dict[int, float] = {}
    for line in (line for diary in diaries for line in diary):
        if line.act is act:
            found[line.study] = min(line.at, found.get(line.study, line.at))
    return found


def _missed(
    plan: Plan, store: Store, studies: Iterable[Study]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Planted recordings that nothing raised; and those that were not raised as critical."""
    by_number = {(s.unit.code, s.patient.local_number): s.id for s in studies}
    missed, below = [], []
    for coming in plan.planted:
        rank, why = _rank(store, by_number.get((coming.unit, patient_number(coming.patient))))
        if rank < Severity.URGENT:
            missed.append(coming.source.name + why)
        if rank < Severity.CRITICAL:
            below.append(coming.source.name + why)
    return tuple(missed), tuple(below)


def _rank(store: Store, study: int | None) -> tuple[Severity, str]:
    """What screening made of a study, whatever its unit asked; why that is not known."""
    if study is None:
        return Severity.NOT_SCREENED, " (lost)"
    row = store.row(study)
    found = store.last_screening(study)
    rank = found.rank if found is not None else Severity.NOT_SCREENED
    if unknown(row, store.now()):
        rank = max(rank, Severity.URGENT)
    return rank, "" if found is not None else f" ({row.screening_state})"


def _signed(store: Store, studies: Iterable[Study]) -> Iterable[tuple[Study, datetime]]:
    for study in studies:
        moments = [v.signed for v in store.reports(study.id) if v.signed is not None]
        if moments:
            yield study, min(moments)


def turnaround(signed: Iterable[tuple[Study, datetime]], speed: float) -> dict[str, Turnaround]:
    """By priority, against the promise as it is by the plain settings."""
    taken: dict[Priority, list[float]] = {}
    for study, moment in signed:
        minutes = (moment - study.arrived).total_seconds() * speed / _MINUTE
        taken.setdefault(study.request.priority, []).append(minutes)
    return {priority.name.lower(): _turned(taken[priority], priority) for priority in sorted(taken)}


def _turned(minutes: list[float], priority: Priority) -> Turnaround:
    promised = Promised().of(Kind.ECG, priority).total_seconds() / _MINUTE
    kept = 100 * sum(each <= promised for each in minutes) / len(minutes)
    return Turnaround(len(minutes), median(minutes), percentile(minutes, 90), promised, kept)


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile; the only value where there is but one, NaN without any."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _middle(values: Sequence[float]) -> float:
    return median(values) if values else float("nan")


def _spread(name: str, unit: str, values: Sequence[float], percent: int) -> dict[str, float]:
    return {
        f"{name}_p50_{unit}": _middle(values),
        f"{name}_p{percent}_{unit}": percentile(values, percent),
    }


def _card_seconds(cases: Iterable[CriticalCase], diaries: Iterable[Sequence[Line]]) -> list[float]:
    """From the raised suspicion to its card, on each station that was up then and showed it."""
    since = {case.study: case.since.timestamp() for case in cases}
    found = []
    for diary in diaries:
        ups = [line.at for line in diary if line.act is Act.UP]
        for line in diary:
            if line.act is Act.SAW and line.study in since:
                up = max((at for at in ups if at <= line.at), default=line.at)
                found.append(max(line.at - max(since[line.study], up), 0.0))
    return found


def _work(lines: Sequence[Line], ran: Ran) -> dict[str, int]:
    def count(act: Act) -> int:
        return sum(line.act is act for line in lines)

    return {
        "killed": ran.killed,
        "sent_again": ran.repeats,
        "breaks": count(Act.BREAK),
        "retakes": count(Act.RETAKE),
        "left": count(Act.LEFT),
        "troubles": count(Act.TROUBLE),
    }
