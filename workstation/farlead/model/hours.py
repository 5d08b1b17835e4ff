"""Hours in which somebody can be called, as units write them.

``08:00-17:30``; over midnight ``17:30-08:00``; with days ``mon-fri 08:00-17:30``; several with
``;``. Nothing is always. By the clock of the wall where the program runs.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE = "一二三四五六日"
_DAY = "[a-z]{3}|周[一二三四五六日天]"
_SPAN = re.compile(
    rf"(?:(?P<first>{_DAY})(?:\s*[-–—至到]\s*(?P<last>{_DAY}))?\s+)?"
    r"(?P<from>\d{1,2}:\d{2})\s*[-–—至到]\s*(?P<to>\d{1,2}:\d{2})"
)


@dataclass(frozen=True, slots=True)
class _Span:
    days: frozenset[int]
    begins: int  # minutes of the day
    ends: int


def readable(hours: str) -> bool:
    """Whether hours are written as this module reads them."""
    try:
        _spans(hours)
    except ValueError:
        return False
    return True


def within(hours: str, moment: datetime) -> bool:
    """Whether somebody with these hours can be called at an aware moment.

    Hours that cannot be read count as always: a number is better shown than kept back.
    """
    try:
        spans = _spans(hours)
    except ValueError:
        return True
    local = moment.astimezone()
    minute, day = local.hour * 60 + local.minute, local.weekday()
    return not spans or any(_covers(span, day, minute) for span in spans)


def _covers(span: _Span, day: int, minute: int) -> bool:
    """A span over midnight belongs to the day on which it begins."""
    if span.begins < span.ends:
        return day in span.days and span.begins <= minute < span.ends
    evening = day in span.days and minute >= span.begins
    return evening or ((day - 1) % 7 in span.days and minute < span.ends)


def _spans(hours: str) -> list[_Span]:
    """The spans of a text; ValueError."""
    parts = [part.strip().casefold() for part in re.split("[;；]", hours)]
    return [_span(part) for part in parts if part]


def _span(part: str) -> _Span:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise ValueError(part)
    begins, ends = _minute(found["from"]), _minute(found["to"])
    return _Span(_days(found["first"], found["last"]), begins, ends)


def _minute(text: str) -> int:
    """Minute of the day; 24:00 is its end."""
    hour, minute = map(int, text.split(":"))
    if (hour, minute) == (24, 0):
        return 24 * 60
    moment = time(hour, minute)
    return moment.hour * 60 + moment.minute


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return frozenset(range(7))
    begin = _day(first)
    end = begin if last is None else _day(last)
    return frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _day(name: str) -> int:
    if name.startswith("周"):
        return _CHINESE.index(name[1].replace("天", "日"))
    return _DAYS.index(name)
