"""The clock of chest pain: seven moments, what is known of them, and the times between them.

A moment comes from the data that exist or is entered by a person with name and time; one that
nobody knows is missing, never made up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from farlead.messages import Message, message


class Moment(StrEnum):
    """The moments, in their usual order."""

    SYMPTOM = "symptom"
    CONTACT = "contact"  # first contact with somebody of the medical service
    ECG = "ecg"
    ARRIVED = "arrived"  # at the hub
    OPENED = "opened"  # by a reader
    SIGNED = "signed"
    TOLD = "told"  # the unit has repeated it


class Origin(StrEnum):
    """Where a moment is from."""

    REQUEST = "request"
    RECORDING = "recording"
    HUB = "hub"
    ENTERED = "entered"


#: What only people know: everything else is a stamp of the device or of the hub.
ASKED = (Moment.SYMPTOM, Moment.CONTACT, Moment.ECG)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When it was, where that is from; for an entered one who entered it, and when."""

    at: datetime
    origin: Origin
    by: str = ""
    entered: datetime | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """From one moment to another; `limit` with the `source` that sets it."""

    begin: Moment
    end: Moment
    limit: timedelta | None = None
    source: str = ""

    @property
    def name(self) -> str:
        """Name in tables, e.g. ``contact_ecg``."""
        return f"{self.begin}_{self.end}"


# doi:10.1161/CIR.0000000000001029, class 1, level C-LD: an ECG acquired and reviewed for STEMI
# within 10 minutes of arrival, whatever the setting. First contact is never later than arrival.
_ACC = "2021 AHA/ACC chest pain guideline, 2.3.1"

INTERVALS = (
    Interval(Moment.SYMPTOM, Moment.CONTACT),
    Interval(Moment.CONTACT, Moment.ECG, timedelta(minutes=10), _ACC),
    Interval(Moment.ECG, Moment.ARRIVED),
    Interval(Moment.ARRIVED, Moment.OPENED),
    Interval(Moment.CONTACT, Moment.SIGNED, timedelta(minutes=10), _ACC),
    Interval(Moment.SIGNED, Moment.TOLD),
    Interval(Moment.CONTACT, Moment.TOLD),
)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known of one study."""

    study: int
    number: str
    unit: str
    stamps: Mapping[Moment, Stamp]

    @property
    def missing(self) -> tuple[Moment, ...]:
        """What nobody knows and a person may enter."""
        return tuple(moment for moment in ASKED if moment not in self.stamps)

    def passed(self, interval: Interval) -> timedelta | None:
        """How long an interval was; None where an end of it is missing.

        A negative one is shown as it is: a clock was wrong.
        """
        begin, end = self.stamps.get(interval.begin), self.stamps.get(interval.end)
        return None if begin is None or end is None else end.at - begin.at


def kept(interval: Interval, passed: timedelta | None) -> bool | None:
    """Whether a limit was kept; None where there is none, or it cannot be told."""
    if passed is None or interval.limit is None or passed < timedelta(0):
        return None
    return passed <= interval.limit


def refused(
    moment: Moment, at: datetime, stamps: Mapping[Moment, Stamp], now: datetime
) -> Message | None:
    """Why a time cannot be entered; None when it can."""
    if moment not in ASKED:
        return message("chestpain.not_asked", moment=f"@chestpain.moment.{moment}")
    known = stamps.get(moment)
    if known is not None and known.origin is not Origin.ENTERED:
        return message("chestpain.known", moment=f"@chestpain.moment.{moment}")
    if at > now:
        return message("chestpain.future", moment=f"@chestpain.moment.{moment}")
    return _out_of_order(moment, at, stamps)


def _out_of_order(moment: Moment, at: datetime, stamps: Mapping[Moment, Stamp]) -> Message | None:
    """Why a time cannot stand beside the others; None when it can.

    Compared with the clock of the hub and with what persons entered, who can put it right. A
    device's clock may be wrong: what it says refuses nothing.
    """
    for other, stamp in stamps.items():
        later = ASKED.index(other) > ASKED.index(moment) if other in ASKED else True
        firm = stamp.origin is Origin.ENTERED or other is Moment.ARRIVED
        if other is moment or not firm or (at <= stamp.at if later else at >= stamp.at):
            continue
        told = "chestpain.after" if later else "chestpain.before"
        clock = f"{stamp.at.astimezone():%Y-%m-%d %H:%M}"
        names = {"moment": f"@chestpain.moment.{moment}", "other": f"@chestpain.moment.{other}"}
        return message(told, time=clock, **names)
    return None


def concerns(question: str | None, onset: datetime | None) -> bool:
    """Whether a request is about chest pain: it says so, or when the symptoms began."""
    asked = (question or "").casefold()
    words = ("胸痛", "胸闷", "chest pain", "stemi", "心梗", "心肌梗")
    return onset is not None or any(word in asked for word in words)


def lines_of(timelines: Iterable[Timeline]) -> list[list[str | int | float | None]]:
    """Heads, then moments in UTC with their origin, intervals in minutes, limits kept (1, 0).

    What is missing is None.
    """
    moments = [f"{moment}{part}" for moment in Moment for part in ("", "_origin", "_by")]
    figures = [
        f"{interval.name}{part}"
        for interval in INTERVALS
        for part in (("_min", "_kept") if interval.limit is not None else ("_min",))
    ]
    return [["number", "unit", *moments, *figures], *(_line_of(each) for each in timelines)]


def _line_of(timeline: Timeline) -> list[str | int | float | None]:
    line: list[str | int | float | None] = [timeline.number, timeline.unit]
    for moment in Moment:
        line += _cells(timeline.stamps.get(moment))
    for interval in INTERVALS:
        passed = timeline.passed(interval)
        line.append(None if passed is None else round(passed.total_seconds() / 60, 1))
        if interval.limit is not None:
            fits = kept(interval, passed)
            line.append(None if fits is None else int(fits))
    return line


def _cells(stamp: Stamp | None) -> list[str | None]:
    if stamp is None:
        return [None, None, None]
    at = stamp.at.astimezone(UTC).isoformat(timespec="seconds")
    return [at, str(stamp.origin), stamp.by if stamp.origin is Origin.ENTERED else None]
