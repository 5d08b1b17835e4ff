"""The chest pain clock of the study in hand: what is known, and entering what is missing. No Qt."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.chestpain import Moment, Timeline
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome


class ChestPainModel:
    """The timeline that is shown. `changed`: another one, or what was refused."""

    changed = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading, self._desk, self._tasks = reading, reading.desk, reading.tasks
        self.timeline: Timeline | None = None
        self.error: Message | None = None
        self.written: Message | None = None  # what was exported

    def read(self) -> bool:
        """Read the times of the study in hand; False where there is none."""
        job = self._reading.in_hand
        if job is None:
            self._reading.tell(NoticeKind.INFO, message("chestpain.nothing_in_hand"))
            return False
        self.timeline, self.error, self.written = None, None, None
        self._tasks.latest("chest pain", partial(self._desk.chest_pain, job.study), self._told)
        return True

    def enter(self, moment: Moment, typed: str) -> None:
        """Enter a time as a person writes it; what stands there already is not entered anew."""
        if self.timeline is None or not typed.strip():
            return
        at = read_time(typed, self._reading.clock())
        if at is None:
            self.error = message("chestpain.unreadable", typed=typed.strip())
            self.changed.emit()
            return
        known = self.timeline.stamps.get(moment)
        if known is not None and words_of_time(known.at) == words_of_time(at):
            return
        work = partial(self._desk.enter_time, self.timeline.study, moment, at)
        self._tasks.ordered("chest pain", work, self._told)

    def export(self, days: int, path: str) -> None:
        """Write the clocks of what arrived in the last `days` to a file."""
        if path:
            file = Path(path)
            work = partial(self._desk.export_chest_pains, days, file)
            self._tasks.ordered("export", work, partial(self._exported, file))

    def _exported(self, file: Path, outcome: Outcome[int]) -> None:
        self.written = None
        if isinstance(outcome, Done):
            self.error = None
            self.written = message("chestpain.written", file=str(file), count=outcome.value)
        else:
            self.error = outcome.error.reason
        self.changed.emit()

    def _told(self, outcome: Outcome[Timeline]) -> None:
        if isinstance(outcome, Done):
            self.timeline, self.error = outcome.value, None
        else:
            self.error = outcome.error.reason
        self.changed.emit()


def words_of_time(at: datetime) -> str:
    """A time as :func:`read_time` reads it, to the second."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def read_time(typed: str, now: datetime) -> datetime | None:
    """``08:12``: the last time that the wall's clock said so; or with a date. None: unreadable."""
    text = typed.strip().replace("：", ":")
    local = now.astimezone()
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text, form).astimezone()
        except ValueError:
            continue
    for form in ("%H:%M:%S", "%H:%M"):
        try:
            clock = datetime.strptime(text, form).time()  # noqa: DTZ007 - a time of day
        except ValueError:
            continue
        at = datetime.combine(local.date(), clock).astimezone()
        return at if at <= local else at - timedelta(days=1)
    return None
