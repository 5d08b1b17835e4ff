"""An order and a study side by side, field by field; where they differ it is said and marked."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from farlead.model.order import Candidate, KeptOrder
from farlead.model.people import Patient
from farlead.model.study import Kind, Priority, Request
from farlead_ui import words
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import WORDS

_ROW, _HEAD = 32, 40
_NAMES, _MARK = 150, 28
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Field:
    """One line: what it is, both sides' words, and whether the two contradict each other."""

    name: str
    order: str
    study: str
    differs: bool


class Sides(QWidget):
    """The table; without a study its side says that there is none."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.fields: tuple[Field, ...] = ()
        self._heads = ("", "")

    def show_sides(self, kept: KeptOrder | None, candidate: Candidate | None) -> None:
        """Show an order and the study beside it."""
        self.fields = () if kept is None else tuple(self._fields(kept, candidate))
        source = "" if kept is None else self.tr("Order by {source}").format(source=kept.source)
        study = self.tr("no study")
        if candidate is not None:
            study = self.tr("Study {number}").format(number=candidate.study.number)
        self._heads = (source, study)
        self.setFixedHeight(_HEAD + _ROW * len(self.fields) if self.fields else 0)
        self.update()

    def _fields(self, kept: KeptOrder, candidate: Candidate | None) -> list[Field]:
        order, differs = kept.order, candidate.differs if candidate is not None else ()
        study = candidate.study if candidate is not None else None
        asked = self._said(order.patient, order.request, order.kind)
        done = self._said(study.patient, study.request, study.kind) if study is not None else {}
        times = {
            "time": (
                f"{words.date(order.requested or kept.received)}"
                f" {words.clock_time(order.requested or kept.received)}",
                ""
                if study is None
                else f"{words.date(study.acquired or study.arrived)}"
                f" {words.clock_time(study.acquired or study.arrived)}",
            )
        }
        rows = []
        for key, name in self._names().items():
            one, other = times.get(key) or (asked.get(key, ""), done.get(key, ""))
            rows.append(Field(name, one or "–", other or ("–" if study else ""), key in differs))
        return rows

    def _names(self) -> dict[str, str]:
        return {
            "name": self.tr("Name"),
            "local_number": self.tr("Patient no."),
            "national_id": self.tr("Identity no."),
            "health_card": self.tr("Health card"),
            "sex": self.tr("Sex"),
            "birth_date": self.tr("Birth date"),
            "accession": self.tr("Accession no."),
            "kind": self.tr("Kind"),
            "time": self.tr("Asked / recorded"),
            "priority": self.tr("Priority"),
            "clinical_question": self.tr("Clinical question"),
            "department": self.tr("Department, doctor"),
        }

    def _said(self, patient: Patient, request: Request, kind: Kind | None) -> dict[str, str]:
        priorities = {
            Priority.ROUTINE: self.tr("routine"),
            Priority.URGENT: self.tr("urgent"),
            Priority.EMERGENCY: self.tr("emergency"),
        }
        doctor = [request.department or "", request.requesting_doctor or ""]
        return {
            "name": words.plain(patient.name or ""),
            "local_number": words.plain(patient.local_number or ""),
            "national_id": patient.national_id or "",
            "health_card": patient.health_card or "",
            "sex": words.sex(patient.sex),
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else "",
            "accession": words.plain(request.accession or ""),
            "kind": words.kind(kind) if kind is not None else self.tr("any"),
            "priority": priorities[request.priority],
            "clinical_question": words.plain(request.clinical_question or ""),
            "department": words.plain(" ".join(part for part in doctor if part)),
        }

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette = self._appearance.palette
        half = (self.width() - _NAMES - _MARK) // 2
        first, second = _NAMES, _NAMES + half + _MARK
        painter.setFont(font(bold=True))
        painter.setPen(QColor(palette.text))
        for x, head in zip((first, second), self._heads, strict=True):
            painter.drawText(QRect(x, 0, half, _HEAD), _MIDDLE, head)
        for place, field in enumerate(self.fields):
            top = _HEAD + place * _ROW
            if field.differs:
                painter.fillRect(0, top, self.width(), _ROW, QColor(palette.critical_tint))
            painter.fillRect(0, top, self.width(), 1, QColor(palette.line))
            painter.setFont(font(WORDS))
            painter.setPen(QColor(palette.quiet))
            painter.drawText(QRect(8, top, _NAMES - 8, _ROW), _MIDDLE, field.name)
            colour = palette.critical if field.differs else palette.text
            painter.setPen(QColor(colour))
            painter.setFont(font(bold=field.differs))
            metrics = painter.fontMetrics()
            for x, text in ((first, field.order), (second, field.study)):
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, half - 12)
                painter.drawText(QRect(x, top, half - 8, _ROW), _MIDDLE, shown)
            if field.differs:
                mark = QRect(second - _MARK, top, _MARK - 8, _ROW)
                painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, "≠")
        painter.end()
