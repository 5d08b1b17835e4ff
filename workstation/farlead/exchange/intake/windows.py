"""Which part of an archive is searched, and when: windows of acquisition time with overlap.

An archive cannot be asked what has come since; it can be asked for studies of a time. Units
send late, and send again, so every window reaches back behind its last look: the short one often,
the long ones seldom. After an outage each goes on where it stood.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: How far a window reaches back behind its last look, and how often it is looked through.
SPANS: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(minutes=30), timedelta(0)),
    (timedelta(hours=6), timedelta(minutes=1)),
    (timedelta(days=2), timedelta(minutes=15)),
    (timedelta(days=14), timedelta(days=1)),
)


#: The window that is looked through object by object, from its second look on.
THOROUGH = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Window:
    """Studies since a moment; `span` names the window it belongs to.

    In a thorough look the objects of each study are listed though their number is what it was:
    one may have taken the place of another.
    """

    span: timedelta
    since: datetime
    now: datetime
    thorough: bool = False

    def query(self) -> Mapping[str, str]:
        """The search for it, by the calendar of the place where the program runs.

        Within one day the time is asked for, too; a study without a time is found by the
        windows that span days, and so is one whose cart is ahead of its time.
        """
        first = self.since.astimezone()
        if first.date() == self.now.astimezone().date() and self.span < timedelta(hours=6):
            return {"StudyDate": f"{first:%Y%m%d}", "StudyTime": f"{first:%H%M%S}-235959"}
        return {"StudyDate": f"{first:%Y%m%d}-"}


class Looks:
    """When each window of an archive was last looked through.

    Parameters
    ----------
    stored : str or None
        As :meth:`text` gave it; None at the first start.
    """

    def __init__(self, stored: str | None) -> None:
        found = json.loads(stored) if stored else {}
        self._last = {name: datetime.fromisoformat(moment) for name, moment in found.items()}

    def due(self, now: datetime) -> list[Window]:
        """Windows to be looked through now, the shortest first."""
        windows = []
        for span, period in SPANS:
            last = self._last.get(_name(span), now - max(period, span) - span)
            if now - last >= period or last > now:  # the clock was ahead, and was put right
                thorough = span == THOROUGH and _name(span) in self._last
                windows.append(Window(span, min(last, now) - span, now, thorough))
        return windows

    def done(self, window: Window) -> None:
        """Everything in it was taken."""
        self._last[_name(window.span)] = window.now

    def text(self) -> str:
        """To be kept until the next start."""
        return json.dumps({name: moment.isoformat() for name, moment in self._last.items()})


def _name(span: timedelta) -> str:
    return str(int(span.total_seconds()))
