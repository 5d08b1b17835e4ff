"""Hours of the units' contacts: on the wall's clock, over midnight, by days."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead.model.critical import Contact, at_hand
from farlead.model.hours import readable, within

CHINA = timezone(timedelta(hours=8))
SUNDAY = datetime(2026, 11, 22, tzinfo=CHINA)


@pytest.fixture(autouse=True)
def _in_china(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(day: int, clock: str) -> datetime:
    """A time of a day after Sunday, as the store has it."""
    hour, minute = map(int, clock.split(":"))
    return (SUNDAY + timedelta(days=day, hours=hour, minutes=minute)).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "day", "clock", "there"),
    [
        ("", 0, "03:00", True),
        ("08:00-17:30", 0, "08:00", True),
        ("08:00-17:30", 0, "17:29", True),
        ("08:00-17:30", 0, "17:30", False),
        ("17:30-08:00", 0, "23:59", True),
        ("17:30-08:00", 1, "00:00", True),
        ("17:30-08:00", 1, "08:00", False),
        ("mon-fri 08:00-17:30", 1, "09:00", True),
        ("mon-fri 08:00-17:30", 0, "09:00", False),
        ("fri 20:00-06:00", 5, "20:00", True),
        ("fri 20:00-06:00", 6, "05:59", True),  # the night that began on Friday
        ("fri 20:00-06:00", 5, "05:59", False),
        ("周一至周五 8:00-17:30；周六 08:00-12:00", 6, "11:00", True),
        ("周一至周五 8:00-17:30；周六 08:00-12:00", 0, "11:00", False),
        ("sat-mon 00:00-24:00", 0, "23:59", True),
    ],
)
def test_who_is_there(hours: str, day: int, clock: str, there: bool) -> None:
    assert readable(hours)
    assert within(hours, at(day, clock)) is there


@pytest.mark.parametrize("hours", ["9-5", "25:00-08:00", "xyz 08:00-09:00", "mon", "08:00"])
def test_what_cannot_be_read_is_said_and_keeps_no_number_back(hours: str) -> None:
    assert not readable(hours)
    assert within(hours, at(0, "03:00"))


@given(st.integers(0, 7 * 1440 - 1), st.integers(0, 1439), st.integers(0, 1439))
def test_a_span_and_its_rest_cover_every_minute_once(minute: int, first: int, last: int) -> None:
    if first == last:
        return
    moment = SUNDAY + timedelta(minutes=minute)
    written = [f"{m // 60:02d}:{m % 60:02d}" for m in (first, last)]
    assert within("-".join(written), moment) is not within("-".join(reversed(written)), moment)


def test_who_is_away_comes_last_and_is_not_left_out() -> None:
    listed = [Contact("昼", "", "1", "08:00-17:30"), Contact("夜", "", "2", "17:30-08:00")]
    found = at_hand(listed, at(0, "22:00"))
    assert [(contact.name, contact.away) for contact in found] == [("夜", False), ("昼", True)]
