"""Sheet and figures leave the station: as PDF, as picture, as a table; audited before they do."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QStandardPaths
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from farlead.errors import FarleadError
from farlead.messages import Message, message
from farlead.model.screening import Screening
from farlead_ui import words
from farlead_ui.desk_like import DeskLike
from farlead_ui.ecg import printing
from farlead_ui.ecg.filter_words import setting_text
from farlead_ui.ecg.layouts import place
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.printing import Printed
from farlead_ui.ecg.wording import bandwidth_text, gain_text, speed_text, warnings_of
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.report.measurements import figures
from farlead_ui.taking import InHand
from farlead_ui.tasks import Done, Outcome
from farlead_ui.theme.appearance import Appearance
from farlead_ui.windows.measurements import lead_rows, rows
from farlead_ui.windows.status import EVALUATION

translate = QCoreApplication.translate

Ask = Callable[[str, str, Callable[[str], None]], None]


class Exporting(QObject):
    """Asks where to, has a worker write, says what became of it.

    Parameters
    ----------
    parent : QWidget
        Over which the question is asked.
    reading : ReadingModel
    sheet : SheetModel
        What is exported is what it shows now, also when the reader goes on meanwhile.
    appearance : Appearance
    ask : callable, optional
        Asks for a file: suggested path, kind of file, what to call with the answer.
    """

    def __init__(
        self,
        parent: QWidget,
        reading: ReadingModel,
        sheet: SheetModel,
        appearance: Appearance,
        ask: Ask | None = None,
    ) -> None:
        super().__init__(parent)
        self._parent, self._reading = parent, reading
        self._sheet, self._appearance = sheet, appearance
        self.ask = ask or self._ask
        self.dialog: QFileDialog | None = None
        places = QStandardPaths.StandardLocation.DocumentsLocation
        self._folder = Path(QStandardPaths.writableLocation(places) or Path.home())

    def export(self, form: str) -> None:
        """Give out the sheet (``pdf``, ``png``) or the figures (``values``)."""
        job = self._reading.in_hand
        if job is None or self._sheet.recording is None:
            return
        if form == "values":
            self._copy(job)
            return
        printed = self._printed(job)
        kinds = {
            "pdf": translate("Export", "PDF, true millimetres (*.pdf)"),
            "png": translate("Export", "Picture, 300 dpi (*.png)"),
        }
        suggested = str(self._folder / suggested_name(job, form))
        self.ask(suggested, kinds[form], partial(self._chosen, job, printed, form))

    def dismiss(self) -> None:
        """Take the question away: the seat is locked."""
        if self.dialog is not None:
            self.dialog.reject()

    # -- the sheet

    def _chosen(self, job: InHand, printed: Printed, form: str, path: str) -> None:
        if not path:
            return
        file = Path(path).with_suffix(f".{form}")
        self._folder = file.parent
        work = partial(_write, self._reading.desk, job.study, printed, form, file, job.number)
        self._reading.tasks.ordered("export", work, partial(self._written, file))

    def _written(self, file: Path, outcome: Outcome[None]) -> None:
        if isinstance(outcome, Done):
            told = message("reading.exported", file=file.name, folder=str(file.parent))
            self._reading.tell(NoticeKind.DONE, told)
        else:
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)

    def _printed(self, job: InHand) -> Printed:
        sheet = self._sheet
        recording = sheet.recording
        assert recording is not None  # noqa: S101  # asked before
        return Printed(
            recording,
            sheet.placement or place(sheet.layout, recording.leads),
            sheet.r_peaks,
            sheet.speed,
            sheet.gains,
            sheet.filters.chosen,
            sheet.lit,
            sheet.seconds[0],
            tuple(warnings_of(sheet)),
            self._head(job),
            self._foot(),
        )

    def _head(self, job: InHand) -> tuple[str, ...]:
        """As the head line on the screen says it: the number of the patient stays masked."""
        study, joined = job.row.study, self._appearance.joined
        place_ = joined([study.unit.name, study.request.department or ""])
        question = study.request.clinical_question or translate(
            "Export", "Clinical question not given"
        )
        recorded = words.not_given(_time(study.acquired) if study.acquired else None)
        told = translate("Export", "recorded {t}").format(t=recorded)
        found = [
            f"{f.caption} {f.value} {f.unit}".strip() for f in figures(self._reading.screening)
        ]
        lines = [
            joined([words.person(study, self._appearance), place_, words.doubt(study)]),
            joined([words.plain(question), told, study.number]),
            joined(found),
        ]
        return tuple(words.plain(line) for line in lines if line)

    def _foot(self) -> tuple[str, ...]:
        """Scale and filters; that this is no report; who made it, where and when."""
        sheet, reading, joined = self._sheet, self._reading, self._appearance.joined
        shown = translate("Export", "screen filter {f}").format(
            f=setting_text(sheet.filters.chosen)
        )
        scale = [speed_text(sheet.speed), gain_text(sheet.gains), bandwidth_text(sheet), shown]
        made = translate("Export", "{who}, {where}, {t}").format(
            who=reading.desk.account.name, where=reading.desk.station, t=_time(reading.clock())
        )
        copy = translate("Export", "Copy of the screen, not a report")
        evaluation = self._appearance.text(EVALUATION) if reading.settings.demo else ""
        full = translate("Export", "print at 100 %")
        return joined([*scale, full]), joined([copy, "Farlead", made, evaluation])

    # -- the figures

    def _copy(self, job: InHand) -> None:
        text = values_table(job, self._reading.screening, self._appearance)
        work = partial(self._reading.desk.exported, job.study, "values")
        self._reading.tasks.ordered("export", work, partial(self._copied, text))

    def _copied(self, text: str, outcome: Outcome[None]) -> None:
        if isinstance(outcome, Done):
            QApplication.clipboard().setText(text)
            self._reading.tell(NoticeKind.DONE, message("reading.values_copied"))
        else:
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)

    # -- asking

    def _ask(self, suggested: str, kind: str, chosen: Callable[[str], None]) -> None:
        """Ask without stopping the window: its clocks go on."""
        self.dismiss()
        dialog = QFileDialog(self._parent, translate("Export", "Save as"), suggested, kind)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(suggested)
        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._answered)
        self.dialog = dialog
        dialog.open()

    def _answered(self) -> None:
        self.dialog = None


def suggested_name(job: InHand, form: str) -> str:
    """A file's name by number and time of the study; never by the patient."""
    study = job.row.study
    at = (study.acquired or study.arrived).astimezone()
    return f"ECG_{study.number}_{at:%Y%m%d-%H%M}.{form}"


def values_table(job: InHand, screening: Screening | None, appearance: Appearance) -> str:
    """All measurements, one a line, then the table of leads; columns parted by tabs."""
    study = job.row.study
    lines = [[words.person(study, appearance), study.unit.name, study.number, _time(
        study.acquired or study.arrived)]]  # fmt: skip
    if screening is not None:
        found = rows(screening, appearance)
        lines += [[row.name, row.value, row.unit, row.reason] for row in found]
        detail = screening.detail
        table = lead_rows(detail, appearance)
        if detail is not None and table:
            lines += [[], ["", *detail.leads]]
            lines += [[row.name, *row.values] for row in table]
    return "\n".join("\t".join(_cell(cell) for cell in line) for line in lines) + "\n"


def _cell(text: str) -> str:
    return words.plain(text).replace("\t", " ")


def _time(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _write(
    desk: DeskLike, study: int, printed: Printed, form: str, file: Path, number: str
) -> None:
    """Note it, then write the whole file or none."""
    desk.exported(study, form)
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".farlead-") as folder:
            part = Path(folder) / file.name
            if form == "pdf":
                printing.write_pdf(printed, part, f"ECG {number}")
            else:
                printing.write_png(printed, part)
            part.replace(file)
    except OSError as error:
        raise FarleadError(_cannot(file, error)) from error


def _cannot(file: Path, error: OSError) -> Message:
    cause = error.strerror or str(error)
    return message("reading.not_exported", file=str(file), cause=cause)
