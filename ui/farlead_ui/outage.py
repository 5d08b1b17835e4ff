"""The database is away, and back: what is kept here meanwhile, and what became of it. No Qt."""

from datetime import datetime
from functools import partial

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.outage import Kept, Offered, TakenUp
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.signing import SigningModel
from farlead_ui.tasks import Done, Outcome


class OutageModel:
    """Follows the line to the database.

    Signals: `changed`.

    Parameters
    ----------
    reading : ReadingModel
    signing : SigningModel
    """

    changed = Signal()

    def __init__(self, reading: ReadingModel, signing: SigningModel) -> None:
        self._reading, self._desk, self._tasks = reading, reading.desk, reading.tasks
        self.since: datetime | None = None  # when the database was found away
        self.kept = Kept()
        self.trouble: Message | None = None  # what is kept cannot be handed over, or kept
        self._taking_up = False
        reading.waiting.away_changed.connect(self._turned)
        reading.saved_changed.connect(self._saved)
        signing.put_ready.connect(self._count)
        signing.signed.connect(self._count)
        signing.locked_changed.connect(self._logged_in)
        self._signing, self._seen_in = signing, False

    @property
    def away(self) -> Message | None:
        """Why the database cannot be reached; None while it can."""
        return self._reading.waiting.away

    @property
    def visible(self) -> bool:
        """Whether there is something to be told."""
        return self.away is not None or bool(self.kept.ready) or self.trouble is not None

    def counted(self) -> None:
        """Something that was kept has been signed or left: count again."""
        self._count()

    def _logged_in(self) -> None:
        """What an earlier outage left at this station is handed over at log-in."""
        if self._signing.logged_in and not self._seen_in:
            self._seen_in = True
            self._take_up()

    def _turned(self) -> None:
        away = self.away is not None
        self.since = self._reading.clock() if away else None
        if away:
            self._reading.away(away=True)
            self._count()
        else:
            self._take_up()
        self.changed.emit()

    def _saved(self) -> None:
        if self.away is not None or self.kept:
            self._count()

    def _count(self) -> None:
        self._tasks.latest("kept", self._desk.kept, self._counted)

    def _counted(self, outcome: Outcome[Kept]) -> None:
        if isinstance(outcome, Done):
            self.kept = outcome.value
        else:
            self.trouble = outcome.error.reason
        self.changed.emit()

    def _take_up(self) -> None:
        if self._taking_up or not self._seen_in:
            return
        self._taking_up = True
        job = self._reading.in_hand
        claim = job.claim if job is not None and not self._reading.lost else None
        self._tasks.ordered("outage", partial(self._desk.take_up, claim), self._taken_up)

    def _taken_up(self, outcome: Outcome[TakenUp]) -> None:
        self._taking_up = False
        reading = self._reading
        if not isinstance(outcome, Done):
            self.trouble = outcome.error.reason
            self._count()
            return
        self.trouble = None
        found = outcome.value
        if found.held is not None:
            reading.hold(found.held)
        reading.away(away=self.away is not None)
        if found.lost is not None and reading.in_hand is not None:
            reading.taken_meanwhile(found.lost)
        told = _told(found)
        if told is not None:
            kind = NoticeKind.TROUBLE if found.offered or found.damaged else NoticeKind.DONE
            reading.tell(kind, told, "batch.open" if found.ready else None)
        reading.waiting.refresh()
        self._count()


def _told(found: TakenUp) -> Message | None:
    """What became of what was kept, in one sentence; None when nothing was."""
    if found.damaged is not None:
        return found.damaged
    if found.offered:
        numbers = ", ".join(found.offered)
        return message("outage.offered", count=len(found.offered), numbers=numbers)
    if found.ready:
        return message("outage.back_ready", count=len(found.ready), saved=len(found.saved))
    if found.saved or found.signed or found.calls:
        saved = len(found.saved) + len(found.signed)
        return message("outage.back", saved=saved, calls=found.calls)
    return None


class OfferedModel:
    """What others wrote about the study in hand while the database was away.

    Signals: `changed`.
    """

    changed = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading
        self.texts: tuple[Offered, ...] = ()
        self._study: int | None = None
        reading.changed.connect(self._study_changed)
        reading.waiting.changed.connect(self._look)

    @property
    def can_adopt(self) -> bool:
        """Whether the newest text can be taken into the draft."""
        return bool(self.texts) and self._reading.writable

    def adopt(self) -> None:
        """Write the newest text below what is in the draft."""
        if self.can_adopt:
            self._reading.drafting.adopt(self.texts[0].draft)

    def _study_changed(self) -> None:
        job = self._reading.in_hand
        study = job.study if job is not None else None
        if study != self._study:
            self._study = study
            found = job.open.offered if job is not None and job.open is not None else ()
            self._show(tuple(found))

    def _look(self) -> None:
        """The list has changed: perhaps a text was offered just now."""
        if (
            self._study is not None
            and self._reading.writable
            and self._reading.waiting.away is None
        ):
            work = partial(self._reading.desk.offered, self._study)
            self._reading.tasks.latest("offered", work, partial(self._found, self._study))

    def _found(self, study: int, outcome: Outcome[tuple[Offered, ...]]) -> None:
        if study == self._study and isinstance(outcome, Done):
            self._show(tuple(outcome.value))

    def _show(self, texts: tuple[Offered, ...]) -> None:
        if texts != self.texts:
            self.texts = texts
            self.changed.emit()
