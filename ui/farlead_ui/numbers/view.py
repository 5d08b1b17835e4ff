"""The room as a whole: span, charts, sections, table, export."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from farlead.desk import sheets
from farlead.messages import message
from farlead.model.numbers import Line
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.numbers.chart import Charts
from farlead_ui.numbers.model import SPANS, NumbersModel
from farlead_ui.numbers.table import Table
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, restyle, word


class NumbersView(QWidget):
    """Alt+1…4 choose the span, Ctrl+1…5 what is listed, Ctrl+E writes a file.

    Parameters
    ----------
    model : NumbersModel
    appearance : Appearance
    """

    def __init__(self, model: NumbersModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self.ask: Callable[[], str] = self._asked
        self.spans = [self._choice(partial(model.look, *span)) for span in SPANS]
        self.sections = [self._choice(partial(model.show, name)) for name in sheets.SECTIONS]
        self.export = button()
        self.export.clicked.connect(self.write)
        self._days = label(step="words", tone="quiet")
        self._whole = label(wrap=True)
        self.told = label(step="words", wrap=True)
        self.charts, self.table = Charts(model, appearance), Table(model, appearance)
        head = across(*self.spans, 12, self._days, None, self.export)
        column = down(
            head, 8, self._whole, self.told, 10, self.charts, 12, across(*self.sections, None), 6,
            self.table,
        )  # fmt: skip
        column.setStretchFactor(self.charts, 3)
        column.setStretchFactor(self.table, 4)
        self.setLayout(column)
        self.setFocusProxy(self.table)
        listen(self, model.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)

    def _choice(self, act: Callable[[], None]) -> QPushButton:
        made = button("choice")
        made.setCheckable(True)
        made.clicked.connect(act)
        return made

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say all anew."""
        model = self._model
        names = (
            self.tr("7 days"), self.tr("30 days"), self.tr("13 weeks"), self.tr("12 months"),
        )  # fmt: skip
        for place, (part, name) in enumerate(zip(self.spans, names, strict=True), 1):
            word(part, f"{name}  Alt+{place}")
            part.setChecked(SPANS[place - 1] == (model.span, model.period))
        for place, (part, name) in enumerate(zip(self.sections, sheets.SECTIONS, strict=True), 1):
            word(part, f"{self._appearance.text(message(f'numbers.by.{name}'))}  Ctrl+{place}")
            part.setChecked(name == model.section)
        self.export.setText(self.tr("Write CSV or XLSX …  Ctrl+E"))
        self.export.setEnabled(model.numbers is not None)
        said = model.error or model.told
        self.told.setVisible(said is not None)
        self.told.setText(self._appearance.text(said) if said is not None else "")
        restyle(self.told, tone="critical" if model.error is not None else "done")
        self._say()

    def _say(self) -> None:
        numbers = self._model.numbers
        if numbers is None or self._model.looking:
            self._days.setText(self.tr("Counting …"))
            return
        self._days.setText(f"{numbers.first} – {numbers.last}")
        self._whole.setText(self._sentence(numbers.whole))

    def _sentence(self, whole: Line) -> str:
        """The span in one line."""
        reports = whole.reports
        told = [
            self.tr("arrived {n}").format(n=whole.arrived),
            self.tr("reports {n}, median {m}, p90 {p}").format(
                n=reports.count, m=_span(reports.median), p=_span(reports.p90)
            ),
            self.tr("late {n}").format(n=_share(whole.late, reports.count)),
            self.tr("retakes {n}").format(n=_share(whole.retakes, whole.arrived)),
            self.tr("critical values {n}, first look {t}").format(
                n=whole.cases, t=_span(whole.opened.median)
            ),
            self.tr("told {n}, median {m}, p90 {p}; not critical {c}; unreachable {u}").format(
                n=whole.told.count,
                m=_span(whole.told.median),
                p=_span(whole.told.p90),
                c=whole.not_critical,
                u=whole.unreachable,
            ),
            self.tr("suggestions accepted {n}").format(
                n=_share(whole.accepted, whole.accepted + whole.rejected)
            ),
            self.tr("second signatures that changed {n}").format(
                n=_share(
                    whole.replaced + whole.sent_back,
                    whole.countersigned + whole.replaced + whole.sent_back,
                )
            ),
        ]
        return self._appearance.joined(told)

    def write(self) -> None:
        """Ask for a file and write it."""
        if self._model.numbers is None:
            return
        name = self.ask()
        if name:
            self._model.export(Path(name), self._appearance.language)

    def _asked(self) -> str:
        forms = "XLSX (*.xlsx);;CSV (*.csv)"
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Write the numbers"), "", forms)
        return name

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        place = event.key() - Qt.Key.Key_1
        held = event.modifiers()
        if held & Qt.KeyboardModifier.AltModifier and 0 <= place < len(SPANS):
            self._model.look(*SPANS[place])
        elif held & Qt.KeyboardModifier.ControlModifier and 0 <= place < len(sheets.SECTIONS):
            self._model.show(list(sheets.SECTIONS)[place])
        elif held & Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_E:
            self.write()
        else:
            super().keyPressEvent(event)


def _span(seconds: float | None) -> str:
    return "–" if seconds is None else words.span(int(seconds))


def _share(part: int, whole: int) -> str:
    """How many, and what share that is."""
    return f"{part} ({100 * part / whole:.1f} %)" if whole else str(part)
