"""The image view: canvas or text, slider, and the mark that it is not for diagnosis."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSlider,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from farlead.model.recording import ImageStudy
from farlead_ui.bridge import listen
from farlead_ui.failure_panel import FailurePanel
from farlead_ui.imaging import wording
from farlead_ui.imaging.canvas import ImageCanvas
from farlead_ui.imaging.model import ImageModel
from farlead_ui.imaging.text_page import TextPage
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import Palette


class _Foot(QWidget):
    """Row under the image with the slider and the mark."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.colours = palette
        self.setFixedHeight(tokens.CONTROL_WORDS)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.colours.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(self.colours.line))


class ImageView(QWidget):
    """Images of a study.

    Parameters
    ----------
    model : ImageModel
        Subscribed to, and written to by mouse, slider and keys.
    palette : Palette
        Day or night; the image itself is dark in both.

    Signals
    -------
    painted(ImageStudy)
        The first image of a study newly shown is painted.
    """

    painted = Signal(object)

    def __init__(self, model: ImageModel, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._unpainted: ImageStudy | None = None
        self._flushed = QTimer(self)  # fires after the paint event
        self._flushed.setSingleShot(True)
        self._flushed.timeout.connect(self._announce)
        self._canvas, self._text = ImageCanvas(model), TextPage(palette)
        self._failure = FailurePanel(palette)
        self._missing, self._notes = QLabel(), QLabel()
        self._mark, self._count = QLabel(), QLabel()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._foot = _Foot(palette)
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._slider.valueChanged.connect(self._slid)
        for surface in (self._canvas, self._text.surface):
            surface.installEventFilter(self)
        listen(self, model.images_changed, self._show_images)
        listen(self, model.frame_changed, self._show_frame)
        listen(self, model.cine_changed, self._tick)
        self.set_palette(palette)
        self._show_images()

    def _arrange(self) -> None:
        self._mark.setFont(font(tokens.BODY, bold=True))
        self._count.setFont(font(tokens.WORDS))
        self._missing.setFont(font(tokens.WORDS, bold=True))
        self._missing.setContentsMargins(tokens.INSET, 4, tokens.INSET, 4)
        self._missing.setWordWrap(True)
        self._notes.setFont(font(tokens.WORDS))
        self._notes.setContentsMargins(tokens.INSET, 4, tokens.INSET, 4)
        self._notes.setWordWrap(True)
        for label in (self._missing, self._notes, self._mark, self._count):
            label.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(tokens.INSET, 0, tokens.INSET, 0)
        row.setSpacing(tokens.SPACE[3])
        row.addWidget(self._slider, 1)
        row.addWidget(self._count)
        row.addStretch(0)
        row.addWidget(self._mark)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._missing)
        self._screen = QStackedWidget()
        self._screen.addWidget(self._canvas)
        self._screen.addWidget(self._text)
        column.addWidget(self._screen, 1)
        column.addWidget(self._notes)
        column.addWidget(self._foot)
        self._shown = shown
        self._stack = QStackedLayout(self)
        self._stack.addWidget(shown)
        self._stack.addWidget(self._failure)

    @property
    def canvas(self) -> ImageCanvas:
        """The part that paints the image."""
        return self._canvas

    @property
    def text_page(self) -> TextPage | None:
        """The page of text that is shown instead of a picture; None while there is a picture."""
        return self._text if self._screen.currentWidget() is self._text else None

    @property
    def shown_notes(self) -> str:
        """What is noted about the files, as it stands on screen."""
        return self._notes.text()

    @property
    def mark(self) -> str:
        """The mark beside the image, as it reads."""
        return self._mark.text()

    @property
    def shown_failures(self) -> tuple[str, ...]:
        """Why objects of the study are not shown, as it stands on screen."""
        return tuple(wording.failure_texts(self._model))

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self._foot.colours = palette
        self._failure.set_palette(palette)
        self._text.set_palette(palette)
        self._notes.setStyleSheet(f"color: {palette.text}; background: {palette.panel}")
        self._mark.setStyleSheet(f"color: {palette.urgent}")
        self._count.setStyleSheet(f"color: {palette.text}")
        self._missing.setStyleSheet(f"color: {palette.on_urgent}; background: {palette.urgent}")
        self._slider.setStyleSheet(
            f"QSlider::groove:horizontal {{ height: 4px; background: {palette.line} }}"
            f"QSlider::sub-page:horizontal {{ background: {palette.accent} }}"
            f"QSlider::handle:horizontal {{ width: 12px; margin: -6px 0;"
            f" background: {palette.accent}; border-radius: 2px }}"
        )
        self._foot.update()

    # -- following the model ------------------------------------------------------------------

    def _show_images(self) -> None:
        model = self._model
        failures = wording.failure_texts(model)
        failed = model.image is None and bool(failures)
        if failed:
            self._failure.say(
                self.tr("The images cannot be shown"),
                "\n".join(failures),
                self.tr("The original file is unchanged."),
            )
        self._missing.setText("\n".join(f"◆ {text}" for text in failures))
        self._missing.setVisible(bool(failures) and not failed)
        self._stack.setCurrentWidget(self._failure if failed else self._shown)
        self._notes.setText("\n".join(model.notes))
        self._notes.setVisible(bool(model.notes) and not failed)
        self._mark.setText(wording.not_for_diagnosis())
        self._unpainted = model.image
        self._show_frame()
        self._tick()

    def _show_frame(self) -> None:
        model = self._model
        shown = self._text if model.text else self._canvas
        self._text.show_lines(model.text)
        self._screen.setCurrentWidget(shown)
        self.setFocusProxy(shown)
        self._slider.blockSignals(True)
        self._slider.setRange(0, max(model.count - 1, 0))
        self._slider.setValue(model.index)
        self._slider.blockSignals(False)
        self._slider.setVisible(model.count > 1)
        self._count.setText(wording.frame_text(model) if model.count > 1 else "")

    def _slid(self, value: int) -> None:
        self._model.set_index(value)

    def _tick(self) -> None:
        wait = self._model.tick()
        if wait is None:
            self._timer.stop()
        else:
            self._timer.start(max(1, round(wait)))

    # -- events -------------------------------------------------------------------------------

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802
        if (
            watched in (self._canvas, self._text.surface)
            and event.type() == QEvent.Type.Paint
            and self._unpainted is not None
        ):
            self._flushed.start()
        return False

    def _announce(self) -> None:
        image, self._unpainted = self._unpainted, None
        if image is not None and image is self._model.image:
            self.painted.emit(image)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        command = {
            Qt.Key.Key_PageDown: self._model.next_frame,
            Qt.Key.Key_Down: self._model.next_frame,
            Qt.Key.Key_PageUp: self._model.previous_frame,
            Qt.Key.Key_Up: self._model.previous_frame,
            Qt.Key.Key_Home: self._model.first_frame,
            Qt.Key.Key_End: self._model.last_frame,
            Qt.Key.Key_Plus: self._model.zoom_in,
            Qt.Key.Key_Minus: self._model.zoom_out,
            Qt.Key.Key_0: self._model.fit,
            Qt.Key.Key_Space: self._model.toggle_play,
        }.get(Qt.Key(event.key()))
        if command is None:
            super().keyPressEvent(event)
            return
        command()
        event.accept()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        if self._model.playing:
            self._model.toggle_play()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            unpainted = self._unpainted
            self._show_images()
            self._unpainted = unpainted
            self._canvas.update()
