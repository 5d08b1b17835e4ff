"""Pyramids of the long recording on the sheet, made lead by lead off the GUI thread; no Qt."""

from functools import partial

from psygnal import Signal

from farlead.model.recording import Recording
from farlead_signal.overview import Pyramid, pyramid
from farlead_ui.ecg.layouts import rhythm_lead
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.speeds import FOR_MEASURING
from farlead_ui.tasks import Done, Outcome, Tasks

#: Samples of a lead from which on a pyramid is made; fewer are drawn as fast without.
LONG = 1 << 17


def looked_over(model: SheetModel) -> bool:
    """Whether the paper runs so slowly that the traces are drawn from pyramids, unfiltered."""
    recording = model.recording
    return recording is not None and is_long(recording) and model.speed < FOR_MEASURING


def is_long(recording: Recording) -> bool:
    """Whether a recording gets pyramids."""
    return int(recording.samples.shape[1]) > LONG


class Overviews:
    """The pyramids. `changed` when that of a further lead is there, or all are gone.

    The recording can be read from the first moment: only the slow speeds and the bar below the
    sheet wait for pyramids, lead by lead, the bar's own first.

    Parameters
    ----------
    model : SheetModel
        Followed.
    tasks : Tasks
        Does the work; one lead at a time, so that other work finds its turn.
    """

    changed = Signal()

    def __init__(self, model: SheetModel, tasks: Tasks) -> None:
        self._model, self._tasks = model, tasks
        self._of: Recording | None = None
        self._made: dict[int, Pyramid] = {}
        self._left: list[int] = []
        model.recording_changed.connect(self._begin)
        self._begin()

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return not self._left

    def of(self, index: int) -> Pyramid | None:
        """Pyramid of a lead; None while it is not there, or not needed."""
        return self._made.get(index)

    def _begin(self) -> None:
        recording = self._model.recording
        if recording is self._of:
            return
        self._of, self._made, self._left = recording, {}, []
        if recording is not None and is_long(recording):
            first = rhythm_lead(recording.leads)
            rest = (n for n in range(len(recording.leads)) if n != first)
            self._left = [first, *rest]
            self._ask(recording)
        self.changed.emit()

    def _ask(self, recording: Recording) -> None:
        work = partial(pyramid, recording.samples[self._left[0]])
        channel = f"overview {id(self)}"  # each sheet has its own
        self._tasks.latest(channel, work, partial(self._take, recording))

    def _take(self, recording: Recording, outcome: Outcome[Pyramid]) -> None:
        if recording is not self._of or not isinstance(outcome, Done):
            return
        self._made[self._left.pop(0)] = outcome.value
        if self._left:
            self._ask(recording)
        self.changed.emit()
