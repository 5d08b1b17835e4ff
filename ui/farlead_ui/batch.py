"""Studies that were checked, and signing them with one PIN. Plain; no Qt."""

from functools import partial

from psygnal import Signal

from farlead.desk import BatchItem, BatchList, BatchOutcome
from farlead.messages import Message, message
from farlead.model.report import Claim, Draft
from farlead_ui.desk_like import DeskLike
from farlead_ui.keeping import lane
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.signing import SigningModel
from farlead_ui.tasks import Done, Outcome


class BatchModel:
    """What one PIN will confirm, and what became of it.

    Signals: `changed`, `checked_one` (a study has been checked, to be signed with others).
    """

    changed = Signal()
    checked_one = Signal()

    def __init__(self, reading: ReadingModel, signing: SigningModel) -> None:
        self._reading, self._signing = reading, signing
        self.listed = BatchList(())
        self.outcomes: dict[int, BatchOutcome] = {}
        self.error: Message | None = None
        self.under_way = False

    @property
    def ready(self) -> tuple[BatchItem, ...]:
        """What can be signed now."""
        return tuple(item for item in self.listed.items if item.blocked is None)

    def check(self) -> None:
        """The study in hand is seen and checked: signed later, with others; on to the next."""
        reading = self._reading
        if not reading.writable:
            return
        if not self._signing.may_sign:
            seconds = reading.settings.signing.least_view_seconds
            reading.tell(NoticeKind.INFO, message("reading.not_seen_yet", seconds=seconds))
            return
        draft, viewed = reading.drafting.draft, reading.viewed_seconds
        job = reading.detach()
        if job is None or job.claim is None:
            return
        work = partial(_checked, reading.desk, job.claim, draft, job.objects, viewed)

        def done(outcome: Outcome[None]) -> None:
            if isinstance(outcome, Done):
                reading.tell(NoticeKind.DONE, message("review.checked", number=job.number))
                self.checked_one.emit()
            else:
                reading.bring_back(job, draft)
                reading.tell(NoticeKind.TROUBLE, outcome.error.reason)
            reading.waiting.refresh()

        reading.next()
        reading.tasks.ordered(lane(job.study), work, done)

    def open(self) -> None:
        """Read the list anew."""
        self.outcomes, self.error = {}, None
        self._refresh()

    def sign(self, pin: str) -> None:
        """Sign what is ready; the PIN confirms its hashes."""
        if self.under_way or not self.ready:
            return
        self.under_way, self.error = True, None
        self.changed.emit()
        listed = BatchList(self.ready)
        work = partial(self._reading.desk.sign_batch, listed, pin)
        self._reading.tasks.ordered("sign", work, self._signed)

    def _refresh(self) -> None:
        self._reading.tasks.latest("batch", self._reading.desk.batch, self._read)

    def _read(self, outcome: Outcome[BatchList]) -> None:
        if isinstance(outcome, Done):
            self.listed = outcome.value
        else:
            self.error = outcome.error.reason
        self.changed.emit()

    def _signed(self, outcome: Outcome[list[BatchOutcome]]) -> None:
        self.under_way = False
        if isinstance(outcome, Done):
            self.outcomes = {each.item.study: each for each in outcome.value}
            failed = sum(each.report is None for each in outcome.value)
            done = len(outcome.value) - failed
            kind = NoticeKind.TROUBLE if failed else NoticeKind.DONE
            self._reading.tell(kind, message("review.batch", done=done, failed=failed))
        else:
            self.error = outcome.error.reason
        self.changed.emit()
        self._reading.waiting.refresh()


def _checked(
    desk: DeskLike, claim: Claim, draft: Draft, seen: frozenset[str], viewed: float
) -> None:
    desk.viewed(claim.study, viewed)
    desk.checked(claim, draft, seen)
