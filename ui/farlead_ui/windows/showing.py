"""Puts the study in hand on the sheet or the image view, and lights the focused evidence.

The one place that knows both the reading and the models of the rooms; plain, no Qt.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from psygnal import Signal

from farlead.messages import Message
from farlead.model.recording import ImageStudy, Recording
from farlead.model.report import Display
from farlead_ui.ecg.model import NO_EVIDENCE, Evidence, SheetModel
from farlead_ui.imaging.model import ImageModel
from farlead_ui.reading import InHand, ReadingModel


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
        self.page = Page.SHEET
        reading.changed.connect(self.follow)
        reading.drafting.current_changed.connect(self._light)
        sheet.scale_changed.connect(self._note_display)
        sheet.layout_changed.connect(self._note_display)

    def follow(self) -> None:
        """Show what is in hand; the same study is not shown anew."""
        job = self._reading.in_hand
        contents = job.open.contents if job is not None and job.open is not None else ()
        study = job.study if job is not None else None
        if study == self._shown and contents is self._contents:
            return
        self._shown, self._contents = study, contents
        self._turn(self._put(job, contents))

    def painted(self, content: object) -> None:
        """A view says that it has painted this content in full."""
        job = self._reading.in_hand
        if job is not None and any(content is part for part in self._contents):
            self._reading.painted(job.study)

    def _put(self, job: InHand | None, contents: Sequence[Recording | ImageStudy]) -> Page:
        recordings = [part for part in contents if isinstance(part, Recording)]
        images = [part for part in contents if isinstance(part, ImageStudy)]
        if job is not None and (job.failure is not None or not contents):
            self._sheet.clear()
            self._images.clear()
            return Page.FAILED
        if recordings:
            self._images.clear()
            screening = job.row.screening if job is not None else None
            self._sheet.show(recordings[0], screening.r_peaks if screening else ())
            self._light()
            self._note_display()
            return Page.SHEET
        self._sheet.clear()
        if not images:
            self._images.clear()
            return Page.SHEET
        bad = job.open.unreadable if job is not None and job.open is not None else ()
        self._images.show(images, [self._text(part.reason) for part in bad])
        return Page.IMAGES

    def _turn(self, page: Page) -> None:
        self.page = page
        self.page_changed.emit()

    def _light(self) -> None:
        suggestion = self._reading.drafting.suggestion
        if suggestion is None or self._sheet.recording is None:
            self._sheet.set_evidence(NO_EVIDENCE)
        else:
            flag = suggestion.flag
            self._sheet.set_evidence(Evidence(flag.leads, flag.spans))

    def _note_display(self) -> None:
        sheet = self._sheet
        if sheet.recording is not None and self._reading.in_hand is not None:
            layout = sheet.layout_name.replace("×", "x")
            before = self._reading.drafting.draft.display
            self._reading.drafting.show(Display(sheet.speed, sheet.gain, layout, before.filters))
