"""The study that an urgent card took the reader away from, kept in hand by choice. Plain; no Qt.

At most one is kept. Its draft is saved as ever and its lease goes on; one key returns to it. It is
given back at lock, at the end, and when the reader has been away from it for the allowed time: the
time in which an urgent study is read instead does not count for a routine one. A critical study is
never kept waiting behind another: that one goes back to the list at once.
"""

from dataclasses import replace

from psygnal import Signal

from farlead.errors import FarleadError
from farlead.messages import message
from farlead.model.report import Claim, ReportVersion
from farlead.model.study import Severity
from farlead.model.worklist import severity
from farlead_ui.keeping import Tenure
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.signing import SigningModel
from farlead_ui.taking import InHand

# How often it is looked whether the reader is still at the urgent study.
_WATCH_SECONDS = 5.0


class InterruptedModel:
    """Takes urgent studies, and keeps the one that was in hand where the reader wants that.

    Signals: `told` (the choice has changed).

    Parameters
    ----------
    reading : ReadingModel
    signing : SigningModel
    """

    told = Signal()

    def __init__(self, reading: ReadingModel, signing: SigningModel) -> None:
        self._reading, self._signing = reading, signing
        self.keeps = False
        self.job: InHand | None = None
        self._urgent = False
        reading.scheduler.every(_WATCH_SECONDS, self._watch)  # before the look at the time allowed
        self._tenure = Tenure(
            reading.desk, reading.tasks, reading.scheduler, reading.clock, reading.settings.claim,
            renewed=self._renewed, idle=self._left, lost=self._lost, trouble=self._trouble,
        )  # fmt: skip
        reading.changed.connect(self._follow)
        reading.waiting.away_changed.connect(self._follow_database)
        signing.locked_changed.connect(self._locked)
        signing.signed.connect(self._signed)

    def choose(self) -> None:
        """Keep from now on what is interrupted; or give it back."""
        self.keeps = not self.keeps
        if not self.keeps:
            self.give_back()
        self.told.emit()

    def take(self, study: int) -> None:
        """Take an urgent study; what is in hand is kept, or given back."""
        if self._to_be_kept(study):
            job = self._reading.detach()
            if job is not None and job.claim is not None:
                self._keep(job, job.claim)
        self._reading.take(study)

    def back(self) -> None:
        """Return to the study that was interrupted."""
        job = self._forget()
        if job is not None:
            self._reading.take(job.study)

    def give_back(self) -> InHand | None:
        """Put the study that was interrupted back into the list, and tell which."""
        job = self._forget()
        if job is not None:
            self._reading.release(job)
        return job

    # -- keeping

    def _to_be_kept(self, study: int) -> bool:
        reading = self._reading
        job = reading.in_hand
        if not self.keeps or self.job is not None or job is None or job.study == study:
            return False
        return reading.writable and severity(job.row, reading.clock()) < Severity.CRITICAL

    def _keep(self, job: InHand, claim: Claim) -> None:
        self._urgent = severity(job.row, self._reading.clock()) >= Severity.URGENT
        self._tenure.begin(claim, urgent=self._urgent)
        self._show(job)

    def _forget(self) -> InHand | None:
        """Renew it no more."""
        gone = self.job
        if gone is not None:
            self._tenure.end()
            self._show(None)
        return gone

    def _show(self, job: InHand | None) -> None:
        self.job = job
        self._reading.waiting.interrupt(job.study if job is not None else None)

    def _watch(self) -> None:
        """While an urgent study is read instead, a routine one may wait."""
        reading = self._reading
        job = reading.in_hand
        if self.job is None or self._urgent or job is None or not reading.writable:
            return
        if severity(job.row, reading.clock()) >= Severity.URGENT:
            self._tenure.activity()

    # -- what happens meanwhile

    def _follow(self) -> None:
        """It is in hand again, by whatever way."""
        job = self._reading.in_hand
        if job is not None and self.job is not None and job.study == self.job.study:
            self._forget()

    def _follow_database(self) -> None:
        self._tenure.away = self._reading.waiting.away is not None

    def _locked(self) -> None:
        if self._signing.locked_since is not None:
            self._tell_back("interrupted.locked")

    def _left(self) -> None:
        self._tell_back("interrupted.left")

    def _tell_back(self, told: str) -> None:
        job = self.give_back()
        if job is not None:
            self._reading.tell(NoticeKind.INFO, message(told, number=job.number))

    def _signed(self, version: ReportVersion) -> None:
        """What was more urgent is done: how to go back."""
        if self.job is not None:
            told = message("interrupted.waits", number=self.job.number, version=version.version)
            self._reading.tell(NoticeKind.DONE, told, "study.back_to_interrupted")

    def _renewed(self, claim: Claim) -> None:
        if self.job is not None:
            self.job = replace(self.job, claim=claim)

    def _lost(self, error: FarleadError) -> None:
        """Taken over; or its reader has just opened it again from the list."""
        opening = self._reading.opening
        job = self._forget()
        if job is not None and (opening is None or opening.study.id != job.study):
            cause = error.text(self._reading.settings.language)
            told = message("interrupted.lost", number=job.number, cause=cause)
            self._reading.tell(NoticeKind.TROUBLE, told)

    def _trouble(self, error: FarleadError) -> None:
        self._reading.tell(NoticeKind.TROUBLE, error.reason)
