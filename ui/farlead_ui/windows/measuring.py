"""Measuring on the sheet: what calipers and marks lie on, and how values reach the report.

Plain; no Qt. The one place that knows reading, sheet, calipers and marks.
"""

from collections.abc import Callable
from dataclasses import replace

from psygnal import Signal

from farlead.messages import Language, Message, in_both, message
from farlead.model.detail import WaveMarks
from farlead.model.figures import written_of
from farlead.model.moved import edited
from farlead.model.screening import Screening
from farlead_signal.filters import Setting
from farlead_ui.ecg.caliper import Kind
from farlead_ui.ecg.caliper_words import said
from farlead_ui.ecg.calipers import CaliperModel
from farlead_ui.ecg.fiducials import FiducialModel
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.tape import Tape
from farlead_ui.reading import NoticeKind, ReadingModel

#: What moved marks change of the report, by its short names.
_HEADLINES = {"pr": "PR", "qrs": "QRS", "qt": "QT", "qtc": "QTc"}


class Measuring:
    """Calipers and marks of the recording on the sheet. `changed`: who has the keyboard.

    Parameters
    ----------
    reading : ReadingModel
    sheet : SheetModel
    first : callable
        Whether the recording on the sheet is the one that screening measured.
    text : callable
        A message in the language of the window.
    """

    changed = Signal()

    def __init__(
        self,
        reading: ReadingModel,
        sheet: SheetModel,
        first: Callable[[], bool],
        text: Callable[[Message], str],
    ) -> None:
        self._reading, self._sheet, self._first, self._text = reading, sheet, first, text
        self.calipers, self.marks = CaliperModel(), FiducialModel()
        self._loaded: object = None
        self._held = (False, False)
        self._study: int | None = None  # whose marks are loaded
        self.formula = reading.settings.qt_formula
        sheet.recording_changed.connect(self._follow)
        sheet.filter_changed.connect(self._follow)
        reading.changed.connect(self._follow)
        self.calipers.changed.connect(self._calipers_changed)
        self.marks.changed.connect(self._marks_changed)

    # -- who has the keyboard -----------------------------------------------------------------

    @property
    def held(self) -> bool:
        """Whether a caliper or the marks have the keyboard."""
        return self.calipers.active or self.marks.active

    def release(self) -> None:
        """Give the keyboard back to the sheet."""
        self.calipers.release()
        self.marks.release()

    def _calipers_changed(self) -> None:
        if self.calipers.active:
            self.marks.release()
        self._tell()

    def _marks_changed(self) -> None:
        if self.marks.active:
            self.calipers.release()
        drafting, job = self._reading.drafting, self._reading.in_hand
        mine = job is not None and job.study == self._study and self._first()
        if mine and self.marks.known and self.marks.moved != drafting.draft.moved:
            drafting.move_marks(self.marks.moved)
        self._tell()

    def _tell(self) -> None:
        held = (self.calipers.active, self.marks.active)
        if held != self._held:
            self._held = held
            self.changed.emit()

    # -- what is measured ---------------------------------------------------------------------

    def _follow(self) -> None:
        """Another recording takes all calipers away; new marks of the same one do not."""
        recording, screening = self._sheet.recording, self._screening()
        setting = self._sheet.filters.shown
        loaded = (recording, screening, self._reading.writable)
        if loaded == self._loaded:
            self._filter(setting)
            return
        same = isinstance(self._loaded, tuple) and self._loaded[0] is recording
        self._loaded = loaded
        if recording is None:
            self.calipers.load(None)
            self.marks.load(None, ())
            return
        detail = screening.detail if screening is not None else None
        waves = detail.overall if detail is not None and detail.overall else WaveMarks()
        leads, peaks = recording.leads, self._sheet.r_peaks
        tape = Tape(recording.samples, leads, recording.fs, peaks, waves, setting)
        (self.calipers.know if same else self.calipers.load)(tape)
        moved = self._reading.drafting.draft.moved
        job = self._reading.in_hand
        self._study = job.study if job is not None else None
        self.marks.load(detail if self._reading.writable else None, peaks, moved)

    def _filter(self, setting: Setting) -> None:
        """Calipers measure what is seen."""
        tape = self.calipers.tape
        if tape is not None and tape.setting != setting:
            self.calipers.know(replace(tape, setting=setting))

    def _screening(self) -> Screening | None:
        job = self._reading.in_hand
        return job.row.screening if job is not None and self._first() else None

    @property
    def middle(self) -> int:
        """Sample in the middle of the page."""
        start, stop = self._sheet.seconds
        fs = self._sheet.recording.fs if self._sheet.recording is not None else 1.0
        return round((start + stop) / 2 * fs)

    # -- acts ---------------------------------------------------------------------------------

    def put_time(self) -> None:
        """A caliper over the beat at the middle of the page; again: over the next one."""
        self.calipers.put_time(self.middle)

    def put_voltage(self) -> None:
        """A voltage caliper at the beat that the time caliper measures, or at the middle."""
        self.calipers.put_voltage(self._here())

    def put_qt(self) -> None:
        """QT by tangent; said where T gives none."""
        if not self.calipers.put_qt(self._here()):
            self._reading.tell(NoticeKind.INFO, message("caliper.no_tangent"))

    def _here(self) -> int:
        caliper = self.calipers.selected
        if self.calipers.active and caliper is not None:
            return min(leg.sample for leg in caliper.legs)
        return self.middle

    def take_marks(self) -> None:
        """Show the marks of the median beat, with the keyboard; again: give it back."""
        if self.marks.active:
            self.marks.release()
        elif self.marks.known:
            self.marks.take()
        else:
            self._reading.tell(NoticeKind.INFO, message("caliper.no_marks"))

    def step(self, by: int) -> None:
        """Move what is held by samples."""
        (self.marks if self.marks.active else self.calipers).step(by)

    def turn(self) -> None:
        """The other leg, or the next mark."""
        if self.marks.active:
            self.marks.choose_next()
        else:
            self.calipers.turn_leg()

    def remove(self) -> None:
        """Take the caliper away; marks go back to where screening found them."""
        if self.marks.active:
            self.marks.reset()
        else:
            self.calipers.remove()

    @property
    def figure(self) -> Message | None:
        """What is held says, as it goes into the report; None where nothing has a value."""
        if self.marks.active:
            changed = [m for m in edited(self._reading.screening) if m.name in _HEADLINES]
            values = [
                message(
                    "caliper.edited",
                    name=_HEADLINES[m.name],
                    now=written_of(m),
                    before="—" if m.before is None else f"{m.before:.0f}",
                )
                for m in changed
            ]
            return message("caliper.report_edited", **_joined(values)) if values else None
        caliper, tape = self.calipers.selected, self.calipers.tape
        if caliper is None or tape is None:
            return None
        empty = caliper.samples == 0 and (caliper.kind is Kind.TIME or not caliper.millivolts)
        value = said(caliper, tape, self.formula)
        return None if empty else message("caliper.report", **in_both("value", value))

    def into_report(self) -> None:
        """Append the value as a line of the findings; the same line is not written twice."""
        figure, drafting = self.figure, self._reading.drafting
        if figure is None or not self._reading.writable:
            return
        line = self._text(figure)
        lines = drafting.draft.findings.splitlines()
        if line not in lines:
            drafting.write(findings="\n".join([*lines, line]))
        self._reading.tell(NoticeKind.DONE, message("caliper.written", **in_both("value", figure)))


def _joined(values: list[Message]) -> dict[str, str]:
    """Several messages as one parameter, in both languages."""
    joins = {Language.ZH: "，", Language.EN: ", "}
    return in_both("values", {k: join.join(v.text(k) for v in values) for k, join in joins.items()})
