"""Small parts that more than one room is built of: labels by role, lines, key caps."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from farlead_ui.theme.fonts import width_of


def label(
    text: str = "", *, step: str = "body", tone: str = "", bold: bool = False, wrap: bool = False
) -> QLabel:
    """Plain text label in a type step and a tone of the style sheet."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("type", step)
    made.setProperty("tone", tone)
    made.setProperty("bold", "true" if bold else "false")
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def restyle(widget: QWidget, **properties: str) -> None:
    """Set style properties and have the style sheet looked up again, if any has changed."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def key_cap(text: str) -> QLabel:
    """A key as it is drawn on screen."""
    made = QLabel(text)
    made.setProperty("role", "key")
    made.setFixedHeight(20)
    made.setMinimumWidth(20)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def line(*, vertical: bool = False) -> QWidget:
    """One pixel between two areas."""
    made = QWidget()
    made.setProperty("role", "line")
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def panel(role: str = "panel") -> QWidget:
    """A bare area with the background of its role."""
    made = QWidget()
    made.setProperty("role", role)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


def frame(role: str) -> QFrame:
    """A framed area of a role."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def button(role: str = "") -> QPushButton:
    """A button that leaves the keyboard where it is when it is clicked."""
    made = QPushButton()
    made.setProperty("role", role)
    made.setAutoDefault(False)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def word(choice: QPushButton, text: str) -> None:
    """Word of a button that is bold while it is chosen: with room for both."""
    choice.setText(text)
    choice.setMinimumWidth(round(width_of(text, bold=True)) + 26)


def across(*parts: QWidget | QLayout | int | None, gap: int = 8) -> QHBoxLayout:
    """Row of parts; an int is space, None takes what is left."""
    row = QHBoxLayout()
    _fill(row, parts, gap)
    return row


def down(*parts: QWidget | QLayout | int | None, gap: int = 0) -> QVBoxLayout:
    """Column of parts; an int is space, None takes what is left."""
    column = QVBoxLayout()
    _fill(column, parts, gap)
    return column


def _fill(
    layout: QHBoxLayout | QVBoxLayout, parts: Iterable[QWidget | QLayout | int | None], gap: int
) -> None:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)


class Clicks(QObject):
    """Runs an act when one of these parts is clicked: labels, that name a command or its key.

    Parameters
    ----------
    owner : QObject
    act : callable
    parts : QWidget
    """

    def __init__(self, owner: QObject, act: Callable[[], None], *parts: QWidget) -> None:
        super().__init__(owner)
        self._act = act
        for part in parts:
            part.setCursor(Qt.CursorShape.PointingHandCursor)
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A press alone does nothing; the release does."""
        if event.type() not in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            return super().eventFilter(watched, event)
        if isinstance(event, QMouseEvent) and event.button() is Qt.MouseButton.LeftButton:
            if event.type() == QEvent.Type.MouseButtonRelease:
                self._act()
            return True
        return False


class ElidedLabel(QLabel):
    """Label that ends in an ellipsis when it has no room, and then shows all as a tip."""

    def __init__(self, *, step: str = "body", tone: str = "", bold: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("type", step)
        self.setProperty("tone", tone)
        self.setProperty("bold", "true" if bold else "false")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), shown)
        painter.end()
