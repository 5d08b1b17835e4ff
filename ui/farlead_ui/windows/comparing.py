"""Looks for earlier ECGs of the study in hand, off the GUI thread; plain, no Qt.

The one place that knows both the reading and the comparison. What comes back for a study that is
no longer in hand is dropped.
"""

from collections.abc import Sequence
from functools import partial

from farlead.desk import EarlierEcgs
from farlead.model.recording import Recording
from farlead_ui.ecg.earlier import ComparisonModel, Search, Today
from farlead_ui.reading import ReadingModel
from farlead_ui.taking import InHand
from farlead_ui.tasks import Done, Outcome


class Comparing:
    """Keeps the comparison in step with what is in hand.

    Parameters
    ----------
    reading : ReadingModel
    comparison : ComparisonModel
    """

    def __init__(self, reading: ReadingModel, comparison: ComparisonModel) -> None:
        self._reading, self._comparison = reading, comparison
        self._study: int | None = None
        self._contents: Sequence[object] = ()
        reading.changed.connect(self.follow)

    def follow(self) -> None:
        """Another study, other contents, or a result of screening that has come meanwhile."""
        job = self._reading.in_hand
        contents = job.open.contents if job is not None and job.open is not None else ()
        study = job.study if job is not None else None
        if study == self._study and contents is self._contents:
            self._screened(job)
            return
        self._study, self._contents = study, contents
        today = _today(job)
        if today is None or study is None:
            self._comparison.begin(None, Search.IDLE)
        elif today.study.identity_conflict:
            self._comparison.begin(today, Search.DOUBTFUL)
        else:
            self._comparison.begin(today, Search.RUNNING)
            work = partial(self._reading.desk.earlier_ecgs, study)
            self._reading.tasks.latest("earlier", work, partial(self._found, contents))

    def _screened(self, job: InHand | None) -> None:
        comparison, today = self._comparison, _today(job)
        before = comparison.today
        if today is None or before is None or today.screening is before.screening:
            return
        comparison.today = today
        comparison.changed.emit()

    def _found(self, contents: Sequence[object], outcome: Outcome[EarlierEcgs]) -> None:
        if contents is not self._contents:
            return  # the reader has gone on
        if isinstance(outcome, Done):
            self._comparison.found(outcome.value.ecgs, outcome.value.more)
        else:
            self._comparison.failed(outcome.error.reason)


def _today(job: InHand | None) -> Today | None:
    """The ECG in hand; None where what is in hand is none."""
    contents = job.open.contents if job is not None and job.open is not None else ()
    recording = next((c for c in contents if isinstance(c, Recording)), None)
    if job is None or recording is None or job.failure is not None:
        return None
    return Today(job.row.study, recording, job.row.screening)
