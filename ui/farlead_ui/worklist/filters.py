"""What the list is narrowed to: unit, kind, finding of screening, day of arrival."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from farlead.model.study import Kind, Severity
from farlead.model.worklist import Filter
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.icons import icon
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import INSET
from farlead_ui.waiting import WaitingModel
from farlead_ui.widgets import across, button

translate = QCoreApplication.translate

# Widest that a chosen word may be; what is longer is a tip.
_WIDEST = 84

# What may be chosen: the words, shorter ones for the list's head, the filter that it makes of
# another one, whether it is that now.
Choice = tuple[str, str, Callable[[Filter], Filter], Callable[[Filter], bool]]


class Filters(QWidget):
    """Four words, each of which opens its choices."""

    def __init__(self, waiting: WaitingModel, appearance: Appearance) -> None:
        super().__init__()
        self._waiting, self._appearance = waiting, appearance
        self._parts = (_units, _kinds, _ranks, _days)
        self._words = [self._word(choices) for choices in self._parts]
        row = across(INSET - 6, *self._words, None, gap=0)
        row.setContentsMargins(0, 4, 0, 4)
        self.setLayout(row)
        listen(self, waiting.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)
        listen(self, appearance.changed, self._colour)
        self._colour()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def _colour(self) -> None:
        arrow = icon("down", self._appearance.palette.quiet, 12)
        for word in self._words:
            word.setIcon(arrow)

    def refresh(self) -> None:
        """Say what is chosen now."""
        for word, choices in zip(self._words, self._parts, strict=True):
            offered = list(choices(self._waiting))
            told, short, *_ = next((c for c in offered if c[3](self._waiting.filter)), offered[0])
            metrics = word.fontMetrics()
            word.setText(metrics.elidedText(short, Qt.TextElideMode.ElideRight, _WIDEST))
            word.setToolTip(told if word.text() != told else "")

    def _word(self, choices: Callable[[WaitingModel], Iterable[Choice]]) -> QPushButton:
        made = button("quiet")
        made.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow after the word
        made.setIconSize(QSize(12, 12))
        made.setStyleSheet(
            "QPushButton::menu-indicator { image: none; width: 0; } QPushButton { padding: 0 5px; }"
        )
        menu = QMenu(made)
        made.setMenu(menu)
        menu.aboutToShow.connect(lambda: self._fill(menu, choices(self._waiting)))
        return made

    def _fill(self, menu: QMenu, choices: Iterable[Choice]) -> None:
        menu.clear()
        for old in menu.findChildren(QActionGroup):
            old.deleteLater()
        group = QActionGroup(menu)
        for told, _, made, chosen in choices:
            action = group.addAction(told)
            action.setCheckable(True)
            action.setChecked(chosen(self._waiting.filter))
            action.triggered.connect(lambda _=False, made=made: self._narrow(made))
        menu.addActions(group.actions())

    def _narrow(self, made: Callable[[Filter], Filter]) -> None:
        self._waiting.narrow(made(self._waiting.filter))


def _units(waiting: WaitingModel) -> Iterable[Choice]:
    yield _unit(None, translate("Filters", "All units"))
    listed = dict(waiting.units())
    chosen = waiting.filter.unit
    for code, name in {**({chosen: chosen} if chosen else {}), **listed}.items():
        yield _unit(code, name)


def _kinds(_waiting: WaitingModel) -> Iterable[Choice]:
    yield _kind(None, translate("Filters", "All kinds"))
    for kind in Kind:
        if kind is not Kind.UNKNOWN:
            yield _kind(kind, words.kind(kind))


def _ranks(_waiting: WaitingModel) -> Iterable[Choice]:
    told = {
        None: translate("Filters", "All findings"),
        Severity.CRITICAL: translate("Filters", "▲ critical"),
        Severity.URGENT: translate("Filters", "◆ urgent"),
        Severity.REMARK: translate("Filters", "● remark"),
        Severity.NORMAL: translate("Filters", "○ nothing found"),
        Severity.NOT_SCREENED: translate("Filters", "– not screened"),
    }
    for rank, text in told.items():
        only = translate("Filters", "only {mark}").format(mark=text[0])
        yield _rank(rank, text, text if rank is None else only)


def _days(waiting: WaitingModel) -> Iterable[Choice]:
    yield _day(None, translate("Filters", "All days"))
    for day in dict.fromkeys((*waiting.days(), *filter(None, (waiting.filter.day,)))):
        yield _day(day, f"{day:%m-%d}")


def _unit(code: str | None, told: str) -> Choice:
    return told, told, lambda f: replace(f, unit=code), lambda f: f.unit == code


def _kind(kind: Kind | None, told: str) -> Choice:
    return told, told, lambda f: replace(f, kind=kind), lambda f: f.kind is kind


def _rank(rank: Severity | None, told: str, short: str) -> Choice:
    return told, short, lambda f: replace(f, rank=rank), lambda f: f.rank is rank


def _day(day: date | None, told: str) -> Choice:
    return told, told, lambda f: replace(f, day=day), lambda f: f.day == day
