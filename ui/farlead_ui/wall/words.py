"""What the wall says."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from farlead.model.numbers import Promise
from farlead.model.study import Severity
from farlead_ui import words

translate = QCoreApplication.translate


def severity(value: Severity) -> str:
    """Urgency of what waits."""
    if value is Severity.CRITICAL:
        return translate("Wall", "Critical")
    return translate("Wall", "Urgent") if value is Severity.URGENT else translate("Wall", "Routine")


def promise(value: Promise) -> str:
    """What was promised a time."""
    names = {
        Promise.CRITICAL_FIRST_LOOK: translate("Wall", "First look"),
        Promise.ECG_EMERGENCY: translate("Wall", "ECG urgent"),
        Promise.ECG_ROUTINE: translate("Wall", "ECG routine"),
        Promise.IMAGING_URGENT: translate("Wall", "Img urgent"),
        Promise.IMAGING_ROUTINE: translate("Wall", "Img routine"),
    }
    return names[value]


#: Mark beside a promise.
MARKS = {
    Promise.CRITICAL_FIRST_LOOK: Severity.CRITICAL,
    Promise.ECG_EMERGENCY: Severity.URGENT,
    Promise.ECG_ROUTINE: Severity.NORMAL,
    Promise.IMAGING_URGENT: Severity.URGENT,
    Promise.IMAGING_ROUTINE: Severity.NORMAL,
}


def clock(since: datetime, now: datetime) -> str:
    """How long something has been going on."""
    return words.span(max(int((now - since).total_seconds()), 0))


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago a unit's last study came."""
    if at is None:
        return "–"
    seconds = max(int((now - at).total_seconds()), 0)
    if seconds < 60:
        return translate("Wall", "{n} s ago").format(n=seconds)
    if seconds < 3600:
        return translate("Wall", "{n} min ago").format(n=seconds // 60)
    if seconds < 48 * 3600:
        return translate("Wall", "{n} h ago").format(n=seconds // 3600)
    return translate("Wall", "{n} d ago").format(n=seconds // 86400)


def span(seconds: float | None) -> str:
    """A time, or a dash where there is none."""
    return "–" if seconds is None else words.span(int(seconds))


def day(at: datetime) -> str:
    """Date with its day of the week."""
    days = (
        translate("Wall", "Monday"), translate("Wall", "Tuesday"), translate("Wall", "Wednesday"),
        translate("Wall", "Thursday"), translate("Wall", "Friday"), translate("Wall", "Saturday"),
        translate("Wall", "Sunday"),
    )  # fmt: skip
    here = at.astimezone()
    return f"{here:%Y-%m-%d} {days[here.weekday()]}"
