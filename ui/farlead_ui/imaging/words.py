"""The bar of control words above the image."""

from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from farlead_ui.bridge import listen
from farlead_ui.control_word import Choice, Separator, Word
from farlead_ui.imaging import wording
from farlead_ui.imaging.model import ImageModel
from farlead_ui.theme import tokens
from farlead_ui.theme.tokens import Palette


class ImageWords(QWidget):
    """Series, window, inversion, zoom and cine as words.

    Parameters
    ----------
    model : ImageModel
        Listened to, and written to by click, wheel and arrow keys.
    palette : Palette
    """

    def __init__(self, model: ImageModel, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._palette = palette
        self.setFixedHeight(tokens.CONTROL_WORDS)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.INSET - 10, 0, tokens.INSET - 10, 0)
        row.setSpacing(0)
        self.series = Word(palette, step=self._step_series, choices=self._all_series, parent=self)
        self.window_word = Word(palette, step=self._step_preset, choices=self._presets, parent=self)
        self.invert = Word(palette, parent=self)
        self.invert.clicked.connect(model.toggle_inverted)
        self.zoom = Word(palette, step=self._step_zoom, parent=self)
        self.zoom.clicked.connect(model.fit)
        self.play = Word(palette, parent=self)
        self.play.clicked.connect(model.toggle_play)
        self._after: dict[Word, Separator] = {}
        for word in (self.series, self.window_word, self.invert, self.zoom, self.play):
            if word is not self.series:
                self._after[word] = Separator(palette)
                row.addWidget(self._after[word])
            row.addWidget(word, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        for signal in (
            model.images_changed,
            model.frame_changed,
            model.window_changed,
            model.zoom_changed,
            model.cine_changed,
        ):
            listen(self, signal, self._say_all)
        self._say_all()

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self._palette = palette
        for word in self.findChildren(Word):
            word.set_palette(palette)
        for separator in self._after.values():
            separator.colours = palette
        self.update()

    def _say_all(self) -> None:
        model, image = self._model, self._model.image
        picture = image is not None and not image.text
        grey = image is not None and picture and not image.colour
        self.series.setVisible(bool(model.series))
        if model.series:
            title = model.series[model.series_index].title
            self.series.say(f"{model.series_index + 1} / {len(model.series)}  {title}")
        self.window_word.setVisible(grey)
        self.window_word.say(wording.window_word(model), active=model.custom)
        self.invert.setVisible(grey)
        inverted = model.inverted_by_reader
        told = self.tr("Inverted") if inverted else self.tr("Not inverted")
        self.invert.say(told, active=inverted)
        self.zoom.setVisible(picture)
        self.zoom.say(wording.zoom_text(model))
        self.play.setVisible(model.cine is not None)
        self.play.say(wording.cine_text(model), active=model.playing)
        for word, separator in self._after.items():
            separator.setVisible(not word.isHidden())

    def _step_series(self, direction: int) -> None:
        if direction > 0:
            self._model.previous_series()
        else:
            self._model.next_series()

    def _step_preset(self, direction: int) -> None:
        at, count = self._model.preset, len(self._model.presets)
        self._model.set_preset(0 if at is None or not count else (at - direction) % count)

    def _step_zoom(self, direction: int) -> None:
        if direction > 0:
            self._model.zoom_in()
        else:
            self._model.zoom_out()

    def _all_series(self) -> list[Choice]:
        return [
            Choice(f"{n + 1}  {s.title}", n == self._model.series_index, partial(self._to, n))
            for n, s in enumerate(self._model.series)
        ]

    def _to(self, series: int) -> None:
        self._model.set_series(series)

    def _presets(self) -> list[Choice]:
        model = self._model
        if not model.presets:
            automatic = self.tr("Automatic window")
            return [Choice(automatic, not model.custom, partial(model.set_preset, 0))]
        return [
            Choice(wording.preset_text(w), n == model.preset, partial(model.set_preset, n))
            for n, w in enumerate(model.presets)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(self._palette.line))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self._say_all()
        super().changeEvent(event)
