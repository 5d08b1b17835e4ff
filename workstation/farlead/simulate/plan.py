"""What happens in a simulated morning, all of it drawn from one seed before it begins.

Times are seconds of the simulated morning from its begin; the wall clock runs `speed` times slower
than they do. What is drawn is a profile, not a measurement: of a morning whose peak lies in its
second quarter, of units of which a few send much, of readers who take half a minute for an
ordinary ECG.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from farlead.model.study import Priority
from farlead.simulate.sources import Source, Truth

#: Arrivals in each eighth of the morning, beside one another.
PROFILE = (6, 10, 14, 15, 13, 10, 7, 5)
#: Of all arrivals: critical by their labels; the same patient again; rhythm strips of two leads;
#: files sent a second time; files that were cut off on their way.
CRITICAL, REPEATED, STRIPS, AGAIN, BROKEN = 0.01, 0.06, 0.05, 0.01, 0.003
#: What units ask for, routine, urgent and emergency: of ordinary ECGs, and of critical ones.
ASKED, ASKED_CRITICAL = (82, 11, 7), (35, 20, 45)
#: A file that is sent again comes so many seconds after the first time.
AGAIN_SECONDS = (60.0, 900.0)
#: One station in so many takes a break of so many seconds; one in so many is killed and comes back.
BREAKING, BREAK_SECONDS, DYING, AWAY_SECONDS = 3, 600.0, 4, 180.0
#: The seldomest unit sends so many times less than the busiest.
_FLATNESS = 8

_QUESTIONS = {
    Priority.ROUTINE: ("体检", "术前检查", "高血压复查", "心悸，请阅图", "冠心病随访", ""),
    Priority.URGENT: ("胸闷半日", "头晕、乏力", "心悸加重", "气促待查"),
    Priority.EMERGENCY: ("胸痛 1 小时，请排除急性心肌梗死", "晕厥", "意识不清", "急性胸痛"),
}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a morning is, and how fast its clock.

    Parameters
    ----------
    hours : float
        From the first arrival to the last one.
    speed : float
        Seconds of the morning in one of the wall clock.
    seed : int
        The same one gives the same plan.
    """

    stations: int = 12
    units: int = 200
    arrivals: int = 1500
    hours: float = 2.0
    speed: float = 12.0
    seed: int = 1

    @property
    def seconds(self) -> float:
        """Length of the morning."""
        return self.hours * 3600


#: A morning of a minute, for trying out.
QUICK = Size(stations=3, units=20, arrivals=60, hours=0.2)


@dataclass(frozen=True, slots=True)
class Coming:
    """One arrival.

    Parameters
    ----------
    number : int
        Also names its file and its patient, unless that one has been there before.
    at : float
    unit : str
    source : Source
    patient : int
        Number of the patient at this unit.
    priority : Priority
    question : str
        Empty where the unit asks nothing.
    again : float or None
        When the same file is sent once more.
    broken : bool
        The file is cut off.
    """

    number: int
    at: float
    unit: str
    source: Source
    patient: int
    priority: Priority
    question: str
    again: float | None = None
    broken: bool = False

    @property
    def file(self) -> str:
        """Name of its file."""
        return f"ecg{self.number:05d}.dcm"


@dataclass(frozen=True, slots=True)
class Shift:
    """What a station does beside reading: when its reader is away, when it is killed."""

    login: str
    break_from: float | None = None
    dies: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that happens."""

    size: Size
    comings: tuple[Coming, ...]
    shifts: tuple[Shift, ...]

    @property
    def planted(self) -> tuple[Coming, ...]:
        """Arrivals that are critical by their labels."""
        return tuple(each for each in self.comings if each.source.truth.critical)


def unit_code(number: int) -> str:
    """Code of a simulated unit, from 1."""
    return f"u{number:03d}"


def patient_number(patient: int) -> str:
    """A patient's number at its unit."""
    return f"SIM{patient:05d}"


def make_plan(size: Size, sources: Sequence[Source]) -> Plan:
    """Draw a morning.

    Parameters
    ----------
    size : Size
    sources : sequence of Source
        Of :func:`~farlead.simulate.sources.read_sources`.
    """
    dice = random.Random(size.seed)  # noqa: S311 - a seeded morning, no secret
    kinds = _kinds(size, sources, dice)
    times = sorted(_time(size, dice) for _ in range(size.arrivals))
    units = [unit_code(number) for number in range(1, size.units + 1)]
    weights = [1 / (place + _FLATNESS) for place in range(size.units)]
    comings: list[Coming] = []
    for number, (at, source) in enumerate(zip(times, kinds, strict=True), 1):
        before = _before(comings, source, dice)
        unit = before.unit if before else dice.choices(units, weights)[0]
        priority = _priority(source, dice)
        comings.append(
            Coming(
                number,
                at,
                unit,
                before.source if before else source,
                before.patient if before else number,
                priority,
                dice.choice(_QUESTIONS[priority]),
                again=at + dice.uniform(*AGAIN_SECONDS) if dice.random() < AGAIN else None,
                broken=not source.truth.critical and dice.random() < BROKEN,
            )
        )
    return Plan(size, tuple(comings), tuple(_shifts(size, dice)))


def _kinds(size: Size, sources: Sequence[Source], dice: random.Random) -> list[Source]:
    """What arrives, in its order: the planted ones by turns of their kinds, among the others."""
    ordinary = [each for each in sources if each.truth is Truth.ORDINARY]
    strips = [each for each in ordinary if each.first is not None]
    whole = [each for each in ordinary if each.first is None]
    many = max(round(size.arrivals * CRITICAL), 1)
    drawn = [
        dice.choice(strips if strips and dice.random() < STRIPS else whole)
        for _ in range(size.arrivals)
    ]
    places = sorted(dice.sample(range(size.arrivals), min(many, size.arrivals)))
    for place, source in zip(places, _critical(sources, dice), strict=False):
        drawn[place] = source
    return drawn


def _critical(sources: Sequence[Source], dice: random.Random) -> Iterator[Source]:
    """Labelled ones, the kinds by turns, each record of a kind before the first comes again."""
    pools = {
        truth: [each for each in sources if each.truth is truth]
        for truth in Truth
        if truth.critical
    }
    left: dict[Truth, list[Source]] = {truth: [] for truth in pools}
    for truth in cycle([truth for truth, pool in pools.items() if pool]):
        if not left[truth]:
            left[truth] = dice.sample(pools[truth], len(pools[truth]))
        yield left[truth].pop()


def _time(size: Size, dice: random.Random) -> float:
    part = dice.choices(range(len(PROFILE)), PROFILE)[0]
    return (part + dice.random()) * size.seconds / len(PROFILE)


def _before(comings: Sequence[Coming], source: Source, dice: random.Random) -> Coming | None:
    """The patient's former visit, where it is one who comes again."""
    if not comings or source.truth.critical or dice.random() >= REPEATED:
        return None
    found = dice.choice(comings)
    return None if found.source.truth.critical or found.broken else found


def _priority(source: Source, dice: random.Random) -> Priority:
    weights = ASKED_CRITICAL if source.truth.critical else ASKED
    return dice.choices(tuple(Priority), weights)[0]


def _shifts(size: Size, dice: random.Random) -> Iterator[Shift]:
    dying = set(dice.sample(range(size.stations), size.stations // DYING))
    for place in range(size.stations):
        pauses = place % BREAKING == BREAKING - 1
        away = dice.uniform(0.1, 0.8) * size.seconds
        dies = dice.uniform(0.1, 0.8) * size.seconds
        yield Shift(
            f"reader{place + 1:02d}",
            away if pauses else None,
            dies if place in dying else None,
        )
