"""Puts the study in hand on the sheet or the image view, and lights the focused evidence.

The one place that knows both the reading and the models of the rooms; plain, no Qt.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from psygnal import Signal

from farlead.messages import Message
from farlead.model.detail import WaveMarks
from farlead.model.figures import named, written_evidence
from farlead.model.recording import ImageStudy, Recording
from farlead.model.report import Display
from farlead.model.screening import Flag, Span
from farlead.model.study import doubtful_clock
from farlead_ui.ecg.filtering import report_text
from farlead_ui.ecg.model import NO_EVIDENCE, Evidence, SheetModel
from farlead_ui.imaging.model import ImageModel
from farlead_ui.reading import ReadingModel
from farlead_ui.taking import InHand

# Recordings up to this many seconds are read whole: each page must have been on the screen.
_READ_WHOLE = 60.0

_Part = tuple[Recording | ImageStudy, ...]


class Page(StrEnum):
    """What the centre shows."""

    SHEET = "sheet"  # also empty and loading: bare paper
    IMAGES = "images"
    FAILED = "failed"


class Showing:
    """What the centre shows. `page_changed` when it is another page.

    Parameters
    ----------
    reading : ReadingModel
    sheet : SheetModel
    images : ImageModel
    text : callable
        A message in the language of the window.
    """

    page_changed = Signal()

    def __init__(
        self,
        reading: ReadingModel,
        sheet: SheetModel,
        images: ImageModel,
        text: Callable[[Message], str],
    ) -> None:
        self._reading, self._sheet, self._images, self._text = reading, sheet, images, text
        self._shown: int | None = None
        self._contents: Sequence[Recording | ImageStudy] = ()
        self._parts: list[_Part] = []
        self._painted: set[int] = set()  # places of the parts that have been painted in full
        self._on_screen: Recording | None = None
        self._shown_seconds: list[tuple[float, float]] = []
        self.place = 0
        self.page = Page.SHEET
        reading.changed.connect(self.follow)
        reading.drafting.current_changed.connect(self._light)
        sheet.scale_changed.connect(self._note_display)
        sheet.layout_changed.connect(self._note_display)
        sheet.filter_changed.connect(self._note_display)
        sheet.page_changed.connect(self._cover)

    @property
    def count(self) -> int:
        """How many recordings, or sets of images, the study has; each is shown on its own."""
        return len(self._parts)

    def follow(self) -> None:
        """Show what is in hand; the same contents are not shown anew."""
        job = self._reading.in_hand
        contents = job.open.contents if job is not None and job.open is not None else ()
        study = job.study if job is not None else None
        if study == self._shown and contents is self._contents:
            return
        self._shown, self._contents = study, contents
        failed = job is not None and job.nothing_to_show
        self._parts = [] if failed else _parts(contents)
        self._painted = set()
        self.place = 0
        if failed:
            self._clear()
            self._turn(Page.FAILED)
        else:
            self._put(job)

    def step(self, by: int) -> None:
        """Show the next or the previous part of the study."""
        place = self.place + by
        if 0 <= place < self.count:
            self.place = place
            self._put(self._reading.in_hand)

    def reword(self) -> None:
        """Say what stands on the sheet in the language that the window has now."""
        if self._sheet.recording is not None:
            self._sheet.set_notes(self._doubts(self._sheet.recording, self._reading.in_hand))
            self._light()

    def painted(self, content: object) -> None:
        """A view says that it has painted this content in full; seen means every part."""
        job = self._reading.in_hand
        if job is None or not self._parts:
            return
        if isinstance(content, Recording) and content is self._parts[self.place][0]:
            self._on_screen = content
            self._cover()
        elif any(content is part for part in self._parts[self.place]):
            self._seen()

    def _cover(self) -> None:
        """Note which seconds of the recording on the sheet have been shown."""
        recording = self._on_screen
        if recording is None or recording is not self._sheet.recording:
            return
        long = recording.duration > _READ_WHOLE
        if not long:
            self._shown_seconds.append(self._sheet.seconds)
        if long or _covers(self._shown_seconds, recording.duration):
            self._seen()

    def _seen(self) -> None:
        self._painted.add(self.place)
        job = self._reading.in_hand
        if job is not None and len(self._painted) == self.count:
            self._reading.painted(job.study)

    def _put(self, job: InHand | None) -> None:
        part = self._parts[self.place] if self._parts else ()
        recording = next((p for p in part if isinstance(p, Recording)), None)
        images = [p for p in part if isinstance(p, ImageStudy)]
        self._on_screen, self._shown_seconds = None, []
        if recording is not None:
            self._images.clear()
            screening = job.row.screening if job is not None else None
            first = self.place == 0  # the recording that screening measured stands first
            beats = screening.r_peaks if screening and first else ()
            self._sheet.show(recording, beats, self._doubts(recording, job))
            self._sheet.overlays.measured(screening.detail if screening and first else None, beats)
            self._light()
            self._note_display()
            self._turn(Page.SHEET)
        elif images:
            self._sheet.clear()
            bad = job.open.unreadable if job is not None and job.open is not None else ()
            noted = [self._text(note) for image in images for note in image.notes]
            self._images.show(images, [self._text(one.reason) for one in bad], noted)
            self._turn(Page.IMAGES)
        else:
            self._clear()
            self._turn(Page.SHEET)

    def _doubts(self, recording: Recording, job: InHand | None) -> list[str]:
        """What the reader of the file noted, and whether its clock can be right."""
        arrived = job.row.study.arrived if job is not None else None
        wrong = doubtful_clock(recording.start, arrived) if arrived is not None else None
        return [self._text(note) for note in (*recording.notes, *([wrong] if wrong else []))]

    def _clear(self) -> None:
        self._sheet.clear()
        self._images.clear()

    def _turn(self, page: Page) -> None:
        self.page = page
        self.page_changed.emit()

    def _light(self) -> None:
        suggestion = self._reading.drafting.suggestion
        if suggestion is None or self._sheet.recording is None or self.place:
            self._sheet.set_evidence(NO_EVIDENCE)
        else:
            flag = suggestion.flag
            spans = flag.spans or self._of_beats(flag.beats)
            self._sheet.set_evidence(Evidence(flag.leads, spans, self._notes(flag)))

    def _of_beats(self, beats: Sequence[int]) -> tuple[Span, ...]:
        """Where these beats stand: each from its first to its last known wave."""
        job = self._reading.in_hand
        screening = job.row.screening if job is not None else None
        marks = screening.detail.overall if screening and screening.detail else None
        if marks is None:
            return ()
        found = (_extent(marks, beat) for beat in beats if beat < len(marks.qrs_on))
        return tuple(span for span in found if span is not None)

    def _notes(self, flag: Flag) -> dict[str, str]:
        """Measured values beside the names of the leads that they were measured in."""
        notes: dict[str, list[str]] = {}
        for value in flag.values:
            if value.lead:
                said = f"{self._text(named(value))} {written_evidence(value)}"
                notes.setdefault(value.lead, []).append(said)
        return {lead: " · ".join(said) for lead, said in notes.items()}

    def _note_display(self) -> None:
        sheet = self._sheet
        if sheet.recording is not None and self._reading.in_hand is not None:
            layout = sheet.layout_name.replace("×", "x")
            chest = sheet.gains.chest if sheet.gains.apart else None
            filters = report_text(sheet.filters.chosen)
            shown = Display(sheet.speed, sheet.gain, layout, filters, chest)
            self._reading.drafting.show(shown)


def _extent(marks: WaveMarks, beat: int) -> Span | None:
    """One beat from P to T, as far as these are known; None where not even QRS is."""
    first = next((at[beat] for at in (marks.p_on, marks.qrs_on) if at[beat] >= 0), None)
    last = next((at[beat] for at in (marks.t_off, marks.qrs_off) if at[beat] >= 0), None)
    return None if first is None or last is None else Span(first, last + 1, "beat")


def _parts(contents: Sequence[Recording | ImageStudy]) -> list[_Part]:
    """Each recording on its own, all images together."""
    parts: list[_Part] = [(part,) for part in contents if isinstance(part, Recording)]
    images = tuple(part for part in contents if isinstance(part, ImageStudy))
    return [*parts, images] if images else parts


def _covers(shown: Sequence[tuple[float, float]], duration: float) -> bool:
    """Whether these stretches together reach from the start to the end."""
    reached = 0.0
    for start, stop in sorted(shown):
        if start <= reached + 1e-3:
            reached = max(reached, stop)
    return reached >= duration - 1e-3
