"""The report in hand against the one that is reviewed or amended, and sending it back. No Qt."""

from collections.abc import Sequence
from functools import partial

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.difference import Difference, differences
from farlead.model.report import ReportVersion
from farlead.model.review import Remark, Review
from farlead_ui.keeping import lane
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.taking import InHand
from farlead_ui.tasks import Done, Outcome


class ReviewModel:
    """What the second reader, or whoever amends, needs to see beside the draft.

    Signals: `changed` (another study, another draft, another remark).
    """

    changed = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading
        self.pending: tuple[Remark, ...] = ()  # remarks that have not been sent
        self._study: int | None = None
        reading.changed.connect(self._study_changed)
        reading.drafting.changed.connect(self.changed.emit)

    @property
    def review(self) -> Review | None:
        """The second signature that the report in hand waits for."""
        job = self._reading.in_hand
        return job.open.review if job is not None and job.open is not None else None

    @property
    def basis(self) -> ReportVersion | None:
        """The version with which the draft is compared."""
        job = self._reading.in_hand
        return job.open.basis if job is not None and job.open is not None else None

    @property
    def remarks(self) -> Sequence[Remark]:
        """Why the draft in hand was sent back."""
        job = self._reading.in_hand
        return job.open.remarks if job is not None and job.open is not None else ()

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the draft says otherwise than the version it is compared with."""
        basis = self.basis
        return () if basis is None else differences(basis.draft, self._reading.drafting.draft)

    @property
    def can_send_back(self) -> bool:
        """Whether the study in hand can go back to its author."""
        return self.review is not None and self._reading.writable

    def add(self, place: str, text: str) -> None:
        """Note a remark; it goes out with :meth:`send_back`."""
        if text.strip():
            self.pending = (*self.pending, Remark(place, text.strip()))
            self.changed.emit()

    def drop(self) -> None:
        """Take the last remark away."""
        self.pending = self.pending[:-1]
        self.changed.emit()

    def send_back(self) -> None:
        """Send the report back to its author with the remarks, and go on."""
        reading, remarks = self._reading, self.pending
        if not remarks or not self.can_send_back:
            return
        draft = reading.drafting.draft
        job = reading.detach()
        if job is None or job.claim is None:
            return
        work = partial(reading.desk.send_back, job.claim, remarks)

        def done(outcome: Outcome[None]) -> None:
            self._sent_back(job, outcome)
            if not isinstance(outcome, Done):
                reading.bring_back(job, draft)
                self.pending = remarks
                reading.tell(NoticeKind.TROUBLE, outcome.error.reason)
                self.changed.emit()

        reading.next()
        reading.tasks.ordered(lane(job.study), work, done)

    def _sent_back(self, job: InHand, outcome: Outcome[None]) -> None:
        if isinstance(outcome, Done):
            told: Message = message("review.sent_back", number=job.number)
            self._reading.tell(NoticeKind.DONE, told)
        self._reading.waiting.refresh()

    def _study_changed(self) -> None:
        job = self._reading.in_hand
        study = job.study if job is not None else None
        if study != self._study:
            self._study, self.pending = study, ()
        self.changed.emit()
