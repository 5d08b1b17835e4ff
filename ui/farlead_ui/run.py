"""A run through the batch: how many are done, how fast, when a pause is due. Plain; no Qt."""

from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from psygnal import Signal

from farlead.messages import message
from farlead.model.study import Severity
from farlead_ui.batch import BatchModel
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.signing import SigningModel
from farlead_ui.waiting import Tab

#: Nothing confirmed for so long is a pause: what follows is a new run.
PAUSE = timedelta(minutes=5)
# So many of the last studies tell the pace.
_LAST = 20


class RunModel:
    """Counts what is confirmed one by one while the batch is shown.

    Nothing is confirmed by it: each ECG is seen and signed, or checked, on its own.

    Signals: `changed`.
    """

    changed = Signal()

    def __init__(self, reading: ReadingModel, signing: SigningModel, batch: BatchModel) -> None:
        self._reading, self._waiting = reading, reading.waiting
        self.done = 0
        self._begun: datetime | None = None
        self._latest: datetime | None = None
        self._taken: list[float] = []
        self._asked = False
        batch.checked_one.connect(self._one)
        signing.signed.connect(lambda _version: self._one())
        reading.changed.connect(self._begin)

    @property
    def left(self) -> int:
        """How many of the batch are not confirmed yet."""
        return len(self._waiting.rows(Tab.BATCH))

    @property
    def pace(self) -> float | None:
        """Seconds for a study, median of the last ones; None before the second."""
        return median(self._taken) if self._taken else None

    @property
    def pause_due(self) -> bool:
        """Whether the reader has gone on for longer than is good."""
        begun = self._begun
        if begun is None:
            return False
        minutes = (self._reading.clock() - begun).total_seconds() / 60
        return minutes >= self._reading.settings.batch.break_minutes

    def normal(self) -> None:
        """Go through what was screened and in which nothing was found, one after another.

        What is unknown, failed or unfit ranks with urgent and is never among them. Unit, kind and
        day that the reader has chosen stay chosen.
        """
        self._waiting.show(Tab.BATCH)
        self._waiting.narrow(replace(self._waiting.filter, rank=Severity.NORMAL))
        self._reading.next()

    def _begin(self) -> None:
        """A run begins with the first study that is opened in the batch."""
        now = self._reading.clock()
        if self._waiting.tab is not Tab.BATCH or self._reading.in_hand is None:
            return
        idle = self._latest is not None and now - self._latest > PAUSE
        if self._begun is None or idle:
            self._begun, self._latest, self.done = now, now, 0
            self._taken, self._asked = [], False
            self.changed.emit()

    def _one(self) -> None:
        if self._begun is None or self._latest is None or self._waiting.tab is not Tab.BATCH:
            return
        now = self._reading.clock()
        self._taken = [*self._taken, (now - self._latest).total_seconds()][-_LAST:]
        self._latest, self.done = now, self.done + 1
        if self.pause_due and not self._asked:
            self._asked = True
            minutes = round((now - self._begun).total_seconds() / 60)
            self._reading.tell(NoticeKind.INFO, message("arrivals.pause", minutes=minutes))
        self.changed.emit()
