"""State of the comparison with earlier ECGs, without Qt: which there are, which one is chosen, how.

Today's ECG and an earlier one are never the same kind of thing here: only `today` is the study in
hand, and nothing of an earlier one can be written to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from psygnal import Signal

from farlead.desk import EarlierEcg
from farlead.messages import Message
from farlead.model.recording import Recording
from farlead.model.screening import Screening
from farlead.model.study import Study


class Mode(StrEnum):
    """How the two are laid."""

    OFF = "off"
    OVERLAID = "overlaid"  # median beats
    BESIDE = "beside"
    STACKED = "stacked"


class Search(StrEnum):
    """What is known of earlier ECGs."""

    IDLE = "idle"  # nothing is open that could be compared
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DOUBTFUL = "doubtful"  # whose study this is, is in doubt: nothing is looked for


@dataclass(frozen=True, slots=True, eq=False)
class Today:
    """The ECG in hand."""

    study: Study
    recording: Recording
    screening: Screening | None


class ComparisonModel:
    """Earlier ECGs beside the one in hand. Signals: `changed` (list, choice), `mode_changed`."""

    changed = Signal()
    mode_changed = Signal()

    def __init__(self) -> None:
        self.today: Today | None = None
        self.search = Search.IDLE
        self.ecgs: tuple[EarlierEcg, ...] = ()
        self.more = 0
        self.trouble: Message | None = None
        self.place = 0
        self.mode = Mode.OFF

    @property
    def chosen(self) -> EarlierEcg | None:
        """The earlier ECG that today's is held against; None where there is none."""
        return self.ecgs[self.place] if self.ecgs else None

    @property
    def comparing(self) -> bool:
        """Whether the two are on the screen."""
        return self.mode is not Mode.OFF

    @property
    def comparable(self) -> bool:
        """Whether the chosen one can be shown."""
        chosen = self.chosen
        return self.today is not None and chosen is not None and chosen.recording is not None

    # -- told by what knows the study in hand

    def begin(self, today: Today | None, search: Search) -> None:
        """Another study, or none: nothing of the one before is kept."""
        self.today, self.search = today, search
        self.ecgs, self.more, self.place, self.trouble = (), 0, 0, None
        self.set_mode(Mode.OFF)
        self.changed.emit()

    def found(self, ecgs: Sequence[EarlierEcg], more: int = 0) -> None:
        """These are the earlier ECGs, the newest first; the first that can be shown is chosen."""
        self.search, self.ecgs, self.more = Search.DONE, tuple(ecgs), more
        shown = (n for n, ecg in enumerate(ecgs) if ecg.recording is not None)
        self.place = next(shown, 0)
        self.changed.emit()

    def failed(self, reason: Message) -> None:
        """They could not be looked for."""
        self.search, self.trouble = Search.FAILED, reason
        self.changed.emit()

    # -- told by the reader

    def choose(self, place: int) -> None:
        """Hold today's against the one at this place; beyond the ends nothing changes."""
        if 0 <= place < len(self.ecgs) and place != self.place:
            self.place = place
            if not self.comparable:
                self.set_mode(Mode.OFF)
            self.changed.emit()

    def earlier(self) -> None:
        """The one before."""
        self.choose(self.place + 1)

    def later(self) -> None:
        """The one after."""
        self.choose(self.place - 1)

    def set_mode(self, mode: Mode) -> None:
        """Lay them so; what cannot be shown is not laid at all."""
        wanted = mode if self.comparable else Mode.OFF
        if wanted is not self.mode:
            self.mode = wanted
            self.mode_changed.emit()

    def toggle(self) -> None:
        """Begin or end the comparison; it begins on the median beats where both have them."""
        if self.comparing:
            self.set_mode(Mode.OFF)
        else:
            self.set_mode(Mode.OVERLAID if self.overlayable else Mode.BESIDE)

    @property
    def overlayable(self) -> bool:
        """Whether both have median beats."""
        chosen, today = self.chosen, self.today
        return (
            chosen is not None and today is not None
            and has_medians(chosen.screening) and has_medians(today.screening)
        )  # fmt: skip


def has_medians(screening: Screening | None) -> bool:
    """Whether median beats were made."""
    detail = screening.detail if screening is not None else None
    return detail is not None and detail.medians is not None and bool(detail.fs)
