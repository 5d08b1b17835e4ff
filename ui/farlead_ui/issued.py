"""Issued reports: found again, their versions read, amended and withdrawn. Plain; no Qt."""

from collections.abc import Mapping
from functools import partial

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.lives import DeliveryState
from farlead.model.report import Brought, ReportVersion
from farlead.model.study import Study
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome

Found = list[tuple[Study, ReportVersion]]


class IssuedModel:
    """Studies with issued reports, the versions of the chosen one, and the one that is read.

    Signals: `changed` (what was found, or the versions), `page_changed` (the PDF that is read),
    `finished` (an act was done; the dialog is no longer needed).
    """

    changed = Signal()
    page_changed = Signal()
    finished = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading
        self._desk, self._tasks = reading.desk, reading.tasks
        self.found: Found = []
        self.study: Study | None = None
        self.versions: tuple[ReportVersion, ...] = ()
        self.version: ReportVersion | None = None
        self.pdf: bytes | None = None
        self.brought: tuple[Brought, ...] = ()
        self.stand: Mapping[int, DeliveryState] = {}
        self.error: Message | None = None

    def search(self, words: str) -> None:
        """Look for reports by number or patient."""
        work = partial(self._desk.reported, words)
        self._tasks.latest("reported", work, self._found)

    def choose(self, study: Study | None) -> None:
        """Read the versions of a study's report."""
        self.study, self.versions = study, ()
        self._read_version(None)
        if study is not None:
            work = partial(self._desk.versions, study.id)
            self._tasks.latest("versions", work, partial(self._versions, study.id))
        self.changed.emit()

    def read(self, version: ReportVersion) -> None:
        """Read one version as it was signed."""
        self._read_version(version)
        work = partial(self._desk.signed_pdf, version.id)
        self._tasks.latest("version", work, partial(self._pdf, version.id))
        stands = partial(self._desk.brought, version.id)
        self._tasks.latest("brought", stands, partial(self._at_destinations, version.id))

    def amend(self, reason: str) -> None:
        """Take the study to correct the report in force."""
        newest, study = self._in_force(), self.study
        if newest is None or study is None:
            return
        if not reason.strip():
            self._say(message("store.reason_needed"))
            return
        self.finished.emit()
        self._reading.amend(study.id, newest.id, reason.strip())

    def withdraw(self, reason: str) -> None:
        """Take the report in force back; the unit is told."""
        newest = self._in_force()
        if newest is None:
            return
        if not reason.strip():
            self._say(message("store.reason_needed"))
            return
        work = partial(self._desk.withdraw_report, newest.id, reason.strip())
        self._tasks.ordered("issued", work, self._withdrawn)

    def _in_force(self) -> ReportVersion | None:
        """The newest signed version: the one that is amended or withdrawn."""
        return self.versions[0] if self.versions else None

    def _found(self, outcome: Outcome[Found]) -> None:
        if isinstance(outcome, Done):
            self.found, self.stand = outcome.value, {}
            stand = partial(self._desk.reported_at, [study.id for study, _ in self.found])
            self._tasks.latest("reported at", stand, self._stand)
            self._say(None)
            self.choose(self.found[0][0] if self.found else None)
        else:
            self._say(outcome.error.reason)

    def _versions(self, study: int, outcome: Outcome[list[ReportVersion]]) -> None:
        if self.study is None or self.study.id != study:
            return
        if isinstance(outcome, Done):
            self.versions = tuple(outcome.value)
            if self.versions:
                self.read(self.versions[0])
            self.changed.emit()
        else:
            self._say(outcome.error.reason)

    def _read_version(self, version: ReportVersion | None) -> None:
        self.version, self.pdf, self.brought = version, None, ()
        self.page_changed.emit()

    def _pdf(self, version: int, outcome: Outcome[bytes]) -> None:
        if self.version is None or self.version.id != version:
            return
        if isinstance(outcome, Done):
            self.pdf = outcome.value
            self.page_changed.emit()
        else:
            self._say(outcome.error.reason)

    def _stand(self, outcome: Outcome[Mapping[int, DeliveryState]]) -> None:
        if isinstance(outcome, Done):
            self.stand = outcome.value
            self.changed.emit()
        else:
            self._say(outcome.error.reason)

    def _at_destinations(self, version: int, outcome: Outcome[list[Brought]]) -> None:
        if self.version is None or self.version.id != version:
            return
        if isinstance(outcome, Done):
            self.brought = tuple(outcome.value)
            self.changed.emit()
        else:
            self._say(outcome.error.reason)

    def _withdrawn(self, outcome: Outcome[ReportVersion]) -> None:
        if not isinstance(outcome, Done):
            self._say(outcome.error.reason)
            return
        study = self.study
        number = study.number if study is not None else ""
        self._reading.tell(NoticeKind.DONE, message("review.withdrawn", number=number))
        self._reading.waiting.refresh()
        self._say(None)
        self.choose(study)

    def _say(self, error: Message | None) -> None:
        self.error = error
        self.changed.emit()
