"""The chest pain clock over the window: moments with their origin, what is missing, intervals."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from farlead.messages import message
from farlead.model.chestpain import INTERVALS, Interval, Moment, Origin, Stamp, Timeline, kept
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.chest_pain import ChestPainModel, words_of_time
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, line
from farlead_ui.windows.exporting import Exporting
from farlead_ui.windows.overlay import Overlay

#: Days whose clocks are written into one table.
SPANS = (7, 30, 91, 365)


class ChestPainSheet(Overlay):
    """Moments above, the times between them below; Enter in a line keeps what was typed.

    A time that a person entered stands in a line, too, and is put right there.

    Parameters
    ----------
    parent : QWidget
    model : ChestPainModel
    appearance : Appearance
    exporting : Exporting
        Asks where the table is to be written.
    """

    def __init__(
        self,
        parent: QWidget,
        model: ChestPainModel,
        appearance: Appearance,
        exporting: Exporting,
    ) -> None:
        super().__init__(parent, 880, 624)
        self._model, self._appearance, self._exporting = model, appearance, exporting
        self.days, self.write_button = QComboBox(), button()
        self.days.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.write_button.clicked.connect(self.write)
        self.written = label(tone="quiet", wrap=True)
        self._title = label(step="section", bold=True)
        self._who = label(tone="quiet")
        self.told = label(step="words", tone="critical", wrap=True)
        self.lines: dict[Moment, QLineEdit] = {}  # of what is missing
        self.entered: dict[Moment, QLineEdit] = {}
        self._inside: QWidget | None = None
        self._column = down(
            across(self._title, 12, self._who, None, self.way_out()), 12, self.told, None,
            line(), 12, across(self.days, 12, self.write_button, 12, self.written, None),
        )  # fmt: skip
        self._column.setContentsMargins(24, 16, 24, 16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addLayout(self._column)
        listen(self, model.changed, self.refresh)

    def open(self) -> None:
        """Read the times anew."""
        self._model.read()
        super().open()
        self._ask_first()

    def refresh(self) -> None:
        """Say what is known, in the language of the window."""
        timeline, error = self._model.timeline, self._model.error
        self._title.setText(self.tr("Chest pain clock"))
        self._who.setText(f"{timeline.number}  {words.plain(timeline.unit)}" if timeline else "")
        self.told.setVisible(error is not None)
        self.told.setText(self._appearance.text(error) if error else "")
        self._word_export()
        if error is not None and timeline is not None and (self.lines or self.entered):
            return  # what was typed stays
        if self._inside is not None:
            self._column.removeWidget(self._inside)
            self._inside.hide()
            self._inside.deleteLater()
            self._inside = None
        self.lines, self.entered = {}, {}
        if timeline is not None:
            self._inside = QWidget()
            self._inside.setLayout(
                down(self._moments(timeline), 16, line(), 12, self._intervals(timeline))
            )
            self._column.insertWidget(2, self._inside)
            self._ask_first()

    def write(self) -> None:
        """Ask for a file and write the clocks of these days: CSV or a workbook, by its ending."""
        days = SPANS[max(self.days.currentIndex(), 0)]
        forms = "XLSX (*.xlsx);;CSV (*.csv)"
        self._exporting.ask("chest-pain.xlsx", forms, partial(self._model.export, days))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_E:
            self.write()
        else:
            super().keyPressEvent(event)

    def _word_export(self) -> None:
        chosen = max(self.days.currentIndex(), 1 if self.days.count() == 0 else 0)
        words_ = [self.tr("arrived in the last {n} days").format(n=days) for days in SPANS]
        if [self.days.itemText(place) for place in range(self.days.count())] != words_:
            self.days.clear()
            self.days.addItems(words_)
            self.days.setCurrentIndex(chosen)
        self.write_button.setText(self.tr("Write the table  {key}").format(key="Ctrl+E"))
        written = self._model.written
        self.written.setText(self._appearance.text(written) if written else "")

    def _ask_first(self) -> None:
        """Keyboard into the first line that is asked for, else into one to be put right."""
        first = next(iter((*self.lines.values(), *self.entered.values())), None)
        if first is not None and self.isVisible():
            first.setFocus()
            first.selectAll()

    def _moments(self, timeline: Timeline) -> QGridLayout:
        grid = _grid((3, 4, 5))
        for row, moment in enumerate(Moment):
            grid.addWidget(label(self._named(moment), bold=True), row, 0)
            stamp = timeline.stamps.get(moment)
            if stamp is not None and stamp.origin is Origin.ENTERED:
                grid.addWidget(self._line(moment, stamp), row, 1)
                told = self.tr("{who}; Enter puts it right").format(who=self._origin(stamp))
                grid.addWidget(label(told, tone="quiet"), row, 2)
            elif stamp is not None:
                when = f"{words.date(stamp.at)} {words.clock_time(stamp.at)}"
                grid.addWidget(label(when), row, 1)
                grid.addWidget(label(self._origin(stamp), tone="quiet"), row, 2)
            elif moment in timeline.missing:
                grid.addWidget(self._line(moment), row, 1)
                grid.addWidget(label(self.tr("missing; Enter keeps it"), tone="quiet"), row, 2)
            else:
                grid.addWidget(label("—", tone="quiet"), row, 1)
                grid.addWidget(label(self.tr("not yet"), tone="quiet"), row, 2)
        return grid

    def _line(self, moment: Moment, stamp: Stamp | None = None) -> QLineEdit:
        made = QLineEdit(words_of_time(stamp.at) if stamp is not None else "")
        made.setPlaceholderText(self.tr("08:12, or with the date"))
        made.setAccessibleName(self._named(moment))
        made.returnPressed.connect(self._keeper(moment, made))
        (self.lines if stamp is None else self.entered)[moment] = made
        return made

    def _keeper(self, moment: Moment, typed: QLineEdit) -> Callable[[], None]:
        return lambda: self._model.enter(moment, typed.text())

    def _origin(self, stamp: Stamp) -> str:
        if stamp.origin is Origin.ENTERED and stamp.entered is not None:
            told = self.tr("entered by {name}, {t}")
            at = f"{words.date(stamp.entered)} {words.clock_time(stamp.entered)}"
            return told.format(name=words.plain(stamp.by), t=at)
        names = {
            Origin.REQUEST: self.tr("from the request"),
            Origin.RECORDING: self.tr("clock of the device"),
            Origin.HUB: self.tr("clock of the hub"),
        }
        return names.get(stamp.origin, "")

    def _intervals(self, timeline: Timeline) -> QGridLayout:
        grid = _grid((6, 2, 4))
        for row, interval in enumerate(INTERVALS):
            passed = timeline.passed(interval)
            fits = kept(interval, passed)
            both = f"{self._named(interval.begin)} → {self._named(interval.end)}"
            grid.addWidget(label(both), row, 0)
            shown = label(self._minutes(passed), bold=fits is False)
            if fits is False:
                shown.setProperty("tone", "critical")
            grid.addWidget(shown, row, 1)
            grid.addWidget(self._limit(interval), row, 2)
        return grid

    def _minutes(self, passed: timedelta | None) -> str:
        if passed is None:
            return self.tr("cannot be told")
        return self.tr("{n} min").format(n=f"{passed.total_seconds() / 60:.1f}".replace("-", "−"))

    def _limit(self, interval: Interval) -> QLabel:
        if interval.limit is None:
            return label("")
        minutes = f"{interval.limit.total_seconds() / 60:g}"
        told = self.tr("≤ {n} min ({source})").format(n=minutes, source=interval.source)
        return label(told, tone="quiet", step="words")

    def _named(self, moment: Moment) -> str:
        return self._appearance.text(message(f"chestpain.moment.{moment}"))


def _grid(stretch: tuple[int, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    for column, share in enumerate(stretch):
        grid.setColumnStretch(column, share)
    return grid
