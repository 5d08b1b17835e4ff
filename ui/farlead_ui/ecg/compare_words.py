"""The bar of control words while two ECGs are compared."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from farlead_ui.bridge import listen
from farlead_ui.control_word import Separator, Word
from farlead_ui.ecg import wording
from farlead_ui.ecg.earlier import ComparisonModel, Mode
from farlead_ui.ecg.filter_words import setting_text
from farlead_ui.ecg.median_view import MedianView
from farlead_ui.ecg.model import SheetModel
from farlead_ui.theme import tokens
from farlead_ui.theme.appearance import Appearance

MODES = (Mode.OVERLAID, Mode.BESIDE, Mode.STACKED)


class CompareWords(QWidget):
    """Scale and alignment at the left; how the two are laid, and the end, at the right.

    Parameters
    ----------
    model : ComparisonModel
    sheet : SheetModel
    medians : MedianView
        Tells the scale of the median beats.
    appearance : Appearance
    run, key : callable
        Runs a command by its id; its key as it is shown.
    """

    def __init__(
        self,
        model: ComparisonModel,
        sheet: SheetModel,
        medians: MedianView,
        appearance: Appearance,
        run: Callable[[str], None],
        key: Callable[[str], str],
    ) -> None:
        super().__init__()
        self._model, self._sheet, self._medians = model, sheet, medians
        self._appearance, self._key = appearance, key
        self.setFixedHeight(tokens.CONTROL_WORDS)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.INSET - 10, 0, tokens.INSET - 10, 0)
        row.setSpacing(0)
        self.scale, self.aligned = (Word(appearance.palette, parent=self) for _ in range(2))
        self._separator = Separator(appearance.palette)
        self.modes = {mode: Word(appearance.palette, parent=self) for mode in MODES}
        self.end = Word(appearance.palette, parent=self)
        row.addWidget(self.scale)
        row.addWidget(self._separator)
        row.addWidget(self.aligned)
        row.addStretch(1)
        for mode, word in self.modes.items():
            row.addWidget(word)
            word.clicked.connect(lambda *_, m=mode: run(f"compare.{m}"))
        row.addWidget(self.end)
        self.end.clicked.connect(lambda: run("compare.toggle"))
        for signal in (
            model.changed, model.mode_changed, sheet.scale_changed, sheet.filter_changed,
            appearance.changed,
        ):  # fmt: skip
            listen(self, signal, self.say_all)
        self.say_all()

    def say_all(self) -> None:
        """Say the state."""
        names = {
            Mode.OVERLAID: self.tr("Overlaid"),
            Mode.BESIDE: self.tr("Side by side"),
            Mode.STACKED: self.tr("Stacked"),
        }
        model, palette = self._model, self._appearance.palette
        for mode, word in self.modes.items():
            chosen = model.mode is mode
            word.say(names[mode], active=chosen, hint=self._key(f"compare.{mode}"))
            word.setEnabled(mode is not Mode.OVERLAID or model.overlayable)
        overlaid = model.mode is Mode.OVERLAID
        self.scale.say(self.tr("Median beats, same scale") if overlaid else self._scales())
        self.scale.setVisible(True)
        self.aligned.say(self.tr("Aligned: R peak · baseline: PR segment") if overlaid else "")
        self.aligned.setVisible(overlaid)
        self._separator.setVisible(overlaid)
        self.end.say(self.tr("End comparison"), hint=self._key("compare.toggle"))
        self._separator.colours = palette
        for word in (*self.modes.values(), self.scale, self.aligned, self.end):
            word.set_palette(palette)
        self.update()

    def _scales(self) -> str:
        sheet = self._sheet
        said = [wording.speed_text(sheet.speed), wording.gain_text(sheet.gains)]
        if sheet.filters.on:
            said.append(setting_text(sheet.filters.chosen))
        return " · ".join(said)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.say_all()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette = self._appearance.palette
        painter.fillRect(self.rect(), QColor(palette.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(palette.line))
        painter.end()
