"""Print preview: the page on the paper of the chosen printer, and what is wrong with that."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from farlead_ui.bridge import listen
from farlead_ui.report.paper import size_of
from farlead_ui.report.printers import doubts
from farlead_ui.report.printing import PrintingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import STATEMENT_ROW
from farlead_ui.widgets import across, button, down, label
from farlead_ui.windows.overlay import Overlay

_SIDE = 520


class PagePicture(QWidget):
    """The first page on its sheet, with what the printer cannot print on."""

    def __init__(self, model: PrintingModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self.fit()

    def fit(self) -> None:
        """As high as the page."""
        wide, high = self._size()
        self.setFixedSize(
            round(_SIDE * wide / max(wide, high)), round(_SIDE * high / max(wide, high))
        )
        self.update()

    def _size(self) -> tuple[float, float]:
        pages = self._model.pages
        return size_of(pages[0]) if pages else (297.0, 210.0)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette, pages = self._appearance.palette, self._model.pages
        wide, high = self._size()
        mm = self.width() / wide
        sheet = QRectF(self.rect()).adjusted(0, 0, -1, -1)
        painter.fillRect(sheet, QColor("#FFFFFF"))  # paper is white at night, too
        if pages:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(sheet, pages[0])
        printer = self._model.chosen
        if printer is not None:
            left, top, right, bottom = (edge * mm for edge in printer.margins)
            if wide > high:  # the sheet is turned in the printer
                left, top, right, bottom = bottom, left, top, right
            painter.setPen(QPen(QColor(palette.urgent), 1, Qt.PenStyle.DashLine))
            painter.drawRect(sheet.adjusted(left, top, -right, -bottom))
        painter.setPen(QColor(palette.edge))
        painter.drawRect(sheet)
        painter.end()


class PrinterRows(QWidget):
    """The printers, one a row; a click chooses."""

    def __init__(self, model: PrintingModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, STATEMENT_ROW * max(len(self._rows()), 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        place = int(event.position().y() // STATEMENT_ROW)
        self._model.step(place - self._model.place)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter, palette = QPainter(self), self._appearance.palette
        painter.setFont(font())
        for place, text in enumerate(self._rows()):
            row = QRect(0, place * STATEMENT_ROW, self.width(), STATEMENT_ROW)
            if self._model.chosen is not None and place == self._model.place:
                painter.fillRect(row, QColor(palette.tint))
                painter.fillRect(0, row.y(), 4, row.height(), QColor(palette.accent))
            painter.setPen(QColor(palette.text if self._model.printers else palette.quiet))
            painter.drawText(row.adjusted(16, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _rows(self) -> list[str]:
        found = self._model.printers
        if found is None:
            return [self.tr("Looking for printers …")]
        if not found:
            return [self.tr("This station has no printer: set one up in the system.")]
        return [printer.name for printer in found]


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
        super().__init__(parent, 1040, 640)
        self._model, self._appearance, self._close = model, appearance, closed
        self._title = label(step="section", bold=True)
        self._scale = label(step="words", tone="quiet", wrap=True)
        self._doubts = label(step="words", tone="urgent", wrap=True)
        self._trouble = label(step="words", tone="critical", wrap=True)
        self.list = PrinterRows(model, appearance)
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

    def wanted(self) -> int:
        """Height that page and doubts need."""
        return max(self.sizeHint().height(), 440)

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
        self.list.updateGeometry()
        self.list.update()
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
        self._picture.fit()
        self.place()

    def confirm(self) -> None:
        """Print, and go back to the sheet."""
        if self._model.print():
            self._close()
