"""A study whose documents speak of different people: the reader confirms the person. No Qt."""

from functools import partial

from farlead.errors import SignatureRefused
from farlead.messages import message
from farlead.model.report import Claim
from farlead.model.study import Study
from farlead_ui.desk_like import DeskLike
from farlead_ui.keeping import lane
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.taking import InHand, looked
from farlead_ui.tasks import Done, Outcome


class IdentityModel:
    """Whose study is in hand.

    Parameters
    ----------
    reading : ReadingModel
    """

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading

    @property
    def study(self) -> Study | None:
        """The study in hand."""
        job = self._reading.in_hand
        return job.row.study if job is not None else None

    @property
    def doubtful(self) -> bool:
        """Whether the person of the study in hand waits for being confirmed."""
        study = self.study
        return self._reading.writable and study is not None and study.identity_conflict

    def confirm(self) -> None:
        """Confirm the person of the study in hand, and look at the study anew."""
        job = self._reading.in_hand
        if self.doubtful and job is not None and job.claim is not None:
            work = partial(_confirmed, self._reading.desk, job.claim, job.objects)
            self._reading.tasks.ordered(lane(job.study), work, self._confirmed)

    def _confirmed(self, outcome: Outcome[InHand]) -> None:
        reading = self._reading
        if isinstance(outcome, Done):
            told = message("reading.identity_confirmed", number=outcome.value.number)
            reading.tell(NoticeKind.DONE, told)
            reading.take_up(outcome.value)
            reading.waiting.refresh()
        else:
            reading.tell(NoticeKind.TROUBLE, outcome.error.reason)


def _confirmed(desk: DeskLike, claim: Claim, seen: frozenset[str]) -> InHand:
    """Confirm for what the reader has seen; what arrived meanwhile has to be seen first."""
    new = looked(desk, claim).objects - seen
    if new:
        raise SignatureRefused(message("desk.new_objects", count=len(new)))
    desk.confirm_identity(claim)
    return looked(desk, claim)
