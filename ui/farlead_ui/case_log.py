"""The list of critical values: running and late ones, and what ended lately. Plain; no Qt."""

from functools import partial
from pathlib import Path

from psygnal import Signal

from farlead.errors import ComposeError
from farlead.messages import Message, message
from farlead.model.critical import CriticalCase
from farlead_ui.cases import CasesModel
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome

#: So many days back an ended case is listed.
DAYS = 2


class CaseLogModel:
    """Cases, the chosen one, and its form.

    Signals: `changed` (what is listed, or an error), `form_changed` (the PDF of the chosen one).
    """

    changed = Signal()
    form_changed = Signal()

    def __init__(self, reading: ReadingModel, cases: CasesModel) -> None:
        self._reading, self._cases = reading, cases
        self._desk, self._tasks = reading.desk, reading.tasks
        self.listed: tuple[CriticalCase, ...] = ()
        self.chosen: CriticalCase | None = None
        self.form: bytes | None = None
        self.error: Message | None = None

    def read(self) -> None:
        """Read the list: late ones first, then running ones, then what has ended."""
        self._tasks.latest("case log", lambda: tuple(self._desk.case_log(DAYS)), self._read)

    def choose(self, case: CriticalCase | None) -> None:
        """Compose the form of a case."""
        self.chosen, self.form = case, None
        self.form_changed.emit()
        if case is not None:
            work = partial(self._desk.case_form, case.id)
            self._tasks.latest("case form", work, partial(self._composed, case.id))

    def show(self) -> bool:
        """Put the chosen case into the column, where it still runs."""
        if self.chosen is None or not self.chosen.running:
            return False
        self._cases.show(self.chosen.id)
        return True

    def save(self, path: str) -> None:
        """Keep the form that is shown in a file."""
        if self.form is None or not path:
            return
        file = Path(path).with_suffix(".pdf")
        self._tasks.ordered("case form", partial(_write, file, self.form), partial(_saved, self))

    def tell(self, kind: NoticeKind, told: Message) -> None:
        """Say it at the foot of the window."""
        self._reading.tell(kind, told)

    def _read(self, outcome: Outcome[tuple[CriticalCase, ...]]) -> None:
        if isinstance(outcome, Done):
            self.listed, self.error = tuple(sorted(outcome.value, key=_order)), None
            self.choose(self.listed[0] if self.listed else None)
        else:
            self.error = outcome.error.reason
        self.changed.emit()

    def _composed(self, case_id: int, outcome: Outcome[bytes]) -> None:
        if self.chosen is None or self.chosen.id != case_id:
            return
        if isinstance(outcome, Done):
            self.form = outcome.value
            self.form_changed.emit()
        else:
            self.error = outcome.error.reason
            self.changed.emit()


def _order(case: CriticalCase) -> tuple[bool, bool, float]:
    """What runs stands first, of that what is late; of what has ended the latest."""
    since = case.since.timestamp()
    return (not case.running, not case.escalations, since if case.running else -since)


def _write(file: Path, pdf: bytes) -> Path:
    try:
        file.write_bytes(pdf)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        told = message("critical.form_unwritten", file=str(file), cause=cause)
        raise ComposeError(told) from error
    return file


def _saved(log: CaseLogModel, outcome: Outcome[Path]) -> None:
    if isinstance(outcome, Done):
        file = outcome.value
        told = message("critical.form_saved", file=file.name, folder=str(file.parent))
        log.tell(NoticeKind.DONE, told)
    else:
        log.tell(NoticeKind.TROUBLE, outcome.error.reason)
