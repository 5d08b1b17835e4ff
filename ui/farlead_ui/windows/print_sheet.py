"""Print preview: the page on the paper of the chosen printer, and what is wrong with that."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QListWidget, QWidget

from farlead_ui.bridge import listen
from farlead_ui.report.paper import PAGE
from farlead_ui.report.printers import doubts
from farlead_ui.report.printing import PrintingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label
from farlead_ui.windows.overlay import Overlay

_PICTURE = 400


class PagePicture(QWidget):
    """The first page to scale, with what the printer cannot print on."""

    def __init__(self, model: PrintingModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self.setFixedSize(_PICTURE, round(_PICTURE * PAGE[1] / PAGE[0]))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette, whole = self._appearance.palette, QRectF(self.rect()).adjusted(0, 0, -1, -1)
        painter.fillRect(whole, QColor("#FFFFFF"))  # paper is white at night, too
        if self._model.pages:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(whole, self._model.pages[0])
        printer = self._model.chosen
        if printer is not None:
            mm = self.width() / PAGE[0]
            left, top, right, bottom = (edge * mm for edge in printer.margins)
            painter.setPen(QPen(QColor(palette.urgent), 1, Qt.PenStyle.DashLine))
            painter.drawRect(whole.adjusted(left, top, -right, -bottom))
        painter.setPen(QColor(palette.edge))
        painter.drawRect(whole)
        painter.end()


class PrintSheet(Overlay):
    """Printers to choose from, the page, doubts, and one key to print.

    Parameters
    ----------
    parent : QWidget
    model : PrintingModel
    appearance : Appearance
    closed : callable
        Takes it away.
    """

    def __init__(
        self,
        parent: QWidget,
        model: PrintingModel,
        appearance: Appearance,
        closed: Callable[[], None],
    ) -> None:
        super().__init__(parent, 940, 640)
        self._model, self._appearance, self._close = model, appearance, closed
        self._title = label(step="section", bold=True)
        self._scale = label(step="words", tone="quiet", wrap=True)
        self._doubts = label(step="words", tone="urgent", wrap=True)
        self._trouble = label(step="words", tone="critical", wrap=True)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(160)
        self.list.itemClicked.connect(lambda: model.step(self.list.currentRow() - model.place))
        self._yes, self._no = button("first"), button()
        self._yes.clicked.connect(self.confirm)
        self._no.clicked.connect(closed)
        self._picture = PagePicture(model, appearance)
        side = down(
            self._title, 12, self.list, 12, self._scale, 8, self._doubts, 8, self._trouble, None,
            across(None, self._no, self._yes),
        )  # fmt: skip
        row = across(self._picture, side, gap=24)
        row.setContentsMargins(24, 24, 24, 24)
        row.setStretch(1, 1)
        self.setLayout(row)
        listen(self, model.changed, self.refresh)

    def open(self) -> None:
        """Compose what is in hand and show it."""
        self._model.open()
        super().open()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_Up:
                self._model.step(-1)
            case Qt.Key.Key_Down:
                self._model.step(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if not event.isAutoRepeat():
                    self.confirm()
            case _:
                super().keyPressEvent(event)

    def refresh(self) -> None:
        """Follow the model and the language."""
        model = self._model
        self._title.setText(self.tr("Print {number}").format(number=model.number))
        self._show_printers()
        self._scale.setText(
            self.tr(
                "True scale, 1 mm for 1 mm: ten bold squares of the tracing are 50 mm on paper. "
                "Dashed: what this printer can print on."
            )
        )
        chosen = model.chosen
        told = [self._appearance.text(d) for d in doubts(chosen)] if chosen is not None else []
        self._doubts.setText("\n".join(f"◆ {text}" for text in told))
        self._doubts.setVisible(bool(told))
        self._trouble.setText(self._appearance.text(model.trouble) if model.trouble else "")
        self._trouble.setVisible(model.trouble is not None)
        self._yes.setText(self.tr("Print all the same  Enter") if told else self.tr("Print  Enter"))
        self._yes.setEnabled(model.ready)
        self._no.setText(self.tr("Back  Esc"))
        self._picture.update()

    def confirm(self) -> None:
        """Print, and go back to the sheet."""
        if self._model.print():
            self._close()

    def _show_printers(self) -> None:
        found = self._model.printers
        self.list.clear()
        if found is None:
            self.list.addItem(self.tr("Looking for printers …"))
        elif not found:
            self.list.addItem(self.tr("This station has no printer: set one up in the system."))
        else:
            self.list.addItems([printer.name for printer in found])
            self.list.setCurrentRow(self._model.place)
