"""The column of a critical value: whom to call, what to say, each call, and how it ends."""

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QScrollArea, QWidget

from farlead.model.critical import CallMade, CriticalCase, received
from farlead.model.lives import CaseState
from farlead_ui import words
from farlead_ui.alerts import wording
from farlead_ui.alerts.call_form import CallForm
from farlead_ui.alerts.card import WIDTH as CARD_WIDTH
from farlead_ui.alerts.clock import Marks
from farlead_ui.alerts.end_form import EndForm
from farlead_ui.bridge import listen
from farlead_ui.cases import CasesModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import INSET
from farlead_ui.widgets import ElidedLabel, across, button, down, label, line, panel, restyle

#: Cards of arrivals stand over this column where the report has given way, never over the sheet.
WIDTH = CARD_WIDTH + INSET


class CaseColumn(QWidget):
    """400 px beside the report.

    Parameters
    ----------
    cases : CasesModel
    appearance : Appearance
    """

    def __init__(self, cases: CasesModel, appearance: Appearance) -> None:
        super().__init__()
        self._cases, self._appearance = cases, appearance
        self._here: int | None = None  # case of which the forms are
        self.setFixedWidth(WIDTH)
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.finding = QLineEdit()
        self.finding.returnPressed.connect(self._declare)
        self.call, self.end = CallForm(), EndForm(appearance, cases.lacks)
        self.call.recorded.connect(self._record)
        self.end.ended.connect(cases.close)
        self.error = label(step="words", tone="critical", wrap=True)
        self.judge = button("primary")
        self.judge.clicked.connect(cases.confirm)
        self._case = self._case_part()
        self._declaring = self._declaring_part()
        self.setLayout(down(self._head(), self._declaring, self._case))
        listen(self, cases.shown_changed, self.refresh)
        listen(self, cases.changed, self.refresh)
        listen(self, cases.error_changed, self._say_error)
        listen(self, cases.called, self._called)
        self.call.number.textChanged.connect(self._say_contact)
        listen(self, appearance.changed, self.refresh)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._keep_in_sight)
        beat = QTimer(self)
        beat.timeout.connect(self._tick)
        beat.start(1000)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Letters typed here are not commands of the sheet; Enter is the judgement's."""
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and self.judge.hasFocus():
            if not event.isAutoRepeat():
                self.judge.click()
        elif event.text() and not event.modifiers() and event.key() != Qt.Key.Key_Escape:
            event.accept()
        else:
            super().keyPressEvent(event)

    def take_keyboard(self) -> None:
        """Keyboard to what is to be done next, unless it is in the column already."""
        focus = QApplication.focusWidget()
        if not self.isVisible() or (focus is not None and self.isAncestorOf(focus)):
            return
        case = self._cases.shown
        if case is None:
            self.finding.setFocus()
        elif case.state is CaseState.SUSPECTED:
            self.judge.setFocus()
        elif case.state is CaseState.OPEN and case.receipt is not None:
            self.end.take_keyboard()
        elif case.state is CaseState.OPEN:
            self.call.take_keyboard()

    def refresh(self) -> None:
        """Show the case as it is now."""
        case = self._cases.shown
        self.setVisible(self._cases.visible)
        self._declaring.setVisible(case is None)
        self._case.setVisible(case is not None)
        self._declare_title.setText(self.tr("What is critical?"))
        self._declare_hint.setText(
            self.tr("Enter opens the case: your name and the time are recorded.")
        )
        self.finding.setPlaceholderText(self.tr("Finding, e.g. pneumothorax"))
        if case is None:
            self._title.setText(self.tr("▲ Declare a critical value"))
            self._here = None
        else:
            self._title.setText(
                self.tr("▲ Critical · {state}").format(state=wording.state(case.state))
            )
            self._follow(case)
        running = case is None or case.running
        restyle(self._bar, state="running" if running else "over")
        self._tick()
        self._say_error()

    def _follow(self, case: CriticalCase) -> None:
        self._finding.setText(wording.findings(case, self._appearance))
        unit = [words.plain(case.unit.name), words.plain(case.request.department or "")]
        self._who.setText(wording.person(case))
        self._unit.setText(self._appearance.joined([part for part in unit if part]))
        self._opened.setText(self._since(case))
        self._whom_title.setText(self.tr("Whom to call"))
        self._say_title.setText(self.tr("What to say"))
        self._say.setText(wording.to_say(case, self._appearance))
        self._calls_said.setText("\n".join(wording.call(call) for call in case.calls))
        self._calls_said.setVisible(bool(case.calls))
        suspected = case.state is CaseState.SUSPECTED
        judged = self.judge.hasFocus() and case.state is CaseState.OPEN
        self.call.setVisible(case.state is CaseState.OPEN)
        self._call_part_.setVisible(not suspected)
        self._judging.setVisible(suspected)
        self._judging_said.setText(
            self.tr("Screening suspects it; no reader has said so. The clock runs.")
        )
        self.judge.setText(self.tr("It is critical: tell the unit"))
        self.end.setVisible(case.running)
        self._over.setVisible(not case.running)
        self._marks.follow()
        self._over.setText(self._ended(case))
        self._forms(case)
        if judged:
            self.call.take_keyboard()
        self._say_contact()

    def _since(self, case: CriticalCase) -> str:
        since = words.clock_time(case.since)
        if case.opened is not None:
            told = self.tr("since {t} · opened by {reader}")
            return told.format(t=since, reader=words.plain(case.opened_by))
        if case.seen is None:
            return self.tr("since {t} · nobody has opened the study").format(t=since)
        told = self.tr("since {t} · first seen {seen} by {reader}")
        seen = words.clock_time(case.seen)
        return told.format(t=since, seen=seen, reader=words.plain(case.seen_by))

    def _forms(self, case: CriticalCase) -> None:
        """New forms for another case; what is typed stays, whatever colleagues do meanwhile."""
        if case.id != self._here:
            self._here = case.id
            self.call.begin(self._cases.contacts)
            self.end.begin()
        else:
            self.call.offer(self._cases.contacts)
            self.end.refresh()

    def _called(self) -> None:
        """A call of this seat is recorded: the form of the next one."""
        made = self._cases.made
        if made is None:
            return
        self.call.begin(self._cases.contacts, self.call.place + (not made.reached))
        if self.isAncestorOf(QApplication.focusWidget() or self):
            (self.end if received(made) else self.call).take_keyboard()

    def _ended(self, case: CriticalCase) -> str:
        if case.closed is None:
            return ""
        told = self.tr("Ended {t} by {reader}: {how}.").format(
            t=words.clock_time(case.closed),
            reader=words.plain(case.closed_by),
            how=wording.state(case.state),
        )
        said = words.plain(case.reason or case.taken_over_by)
        return f"{told} {said}" if said else told

    def _say_contact(self) -> None:
        contacts = self._cases.contacts
        here = contacts[self.call.place % len(contacts)] if contacts else None
        self._whom.setText(wording.contact(here) if here else self.tr("nobody is listed"))
        self._number.setText(wording.number(here) if here else "—")
        others = [f"{wording.contact(c)} {wording.number(c)}" for c in contacts if c is not here]
        told = self.tr("others: {list}").format(list=self._appearance.joined(others))
        self._others.setText(told if others else "")
        self._others.setVisible(bool(others))

    def _tick(self) -> None:
        case = self._cases.shown
        past = int(self._cases.elapsed(case).total_seconds()) if case is not None else 0
        self._past.setText(self.tr("past") if case is not None else "")
        self._clock.setText(words.span(past) if case is not None else "")
        self._marks.update()

    def _keep_in_sight(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._case.isAncestorOf(now):
            self._case.ensureWidgetVisible(now, 0, 48)

    def _say_error(self) -> None:
        error = self._cases.error
        self.error.setVisible(error is not None)
        self.error.setText(self._appearance.text(error) if error is not None else "")

    def _declare(self) -> None:
        self._cases.declare(self.finding.text())
        self.finding.clear()

    def _record(self, made: CallMade) -> None:
        self._cases.record(made)

    # -- composition

    def _head(self) -> QWidget:
        self._bar = panel("case_head")
        self._title, self._past, self._clock = (
            label(bold=True), label(step="meta"), label(step="clock", bold=True),
        )  # fmt: skip
        row = across(self._title, None, self._past, self._clock, gap=10)
        row.setContentsMargins(INSET, 0, INSET, 0)
        self._bar.setLayout(row)
        self._bar.setFixedHeight(48)
        return self._bar

    def _declaring_part(self) -> QWidget:
        self._declare_title = label(step="section", bold=True)
        self._declare_hint = label(step="words", tone="quiet", wrap=True)
        made = panel()
        column = down(self._declare_title, 8, self.finding, 6, self._declare_hint, None)
        column.setContentsMargins(INSET, INSET, INSET, INSET)
        made.setLayout(column)
        return made

    def _case_part(self) -> QScrollArea:
        self._marks = Marks(self._cases, self._appearance)
        inside = panel()
        self._call_part_ = self._call_part()
        column = down(
            self._marks, self._about(), line(), self._judge_part(), self._call_part_, line(),
            self._steps(), None,
        )  # fmt: skip
        inside.setLayout(column)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _about(self) -> QWidget:
        self._finding = label(step="section", bold=True, wrap=True)
        self._who, self._unit = label(wrap=True), label(step="words", wrap=True)
        self._opened = label(step="meta", tone="quiet", wrap=True)
        made = panel()
        column = down(self._finding, 4, self._who, self._unit, self._opened)
        column.setContentsMargins(INSET, 4, INSET, 10)
        made.setLayout(column)
        return made

    def _judge_part(self) -> QWidget:
        self._judging, self._judging_said = panel(), label(wrap=True)
        column = down(self._judging_said, 8, self.judge)
        column.setContentsMargins(INSET, 10, INSET, 10)
        self._judging.setLayout(column)
        return self._judging

    def _call_part(self) -> QWidget:
        self._whom_title, self._say_title = (label(step="meta", tone="quiet") for _ in range(2))
        self._whom = ElidedLabel(bold=True)
        self._number = label(step="clock", bold=True)
        self._others = label(step="meta", tone="quiet", wrap=True)
        self._say = label(wrap=True)
        made = panel()
        column = down(
            self._whom_title, 2, self._whom, self._number, self._others, 10,
            self._say_title, 2, self._say,
        )  # fmt: skip
        column.setContentsMargins(INSET, 10, INSET, 10)
        made.setLayout(column)
        return made

    def _steps(self) -> QWidget:
        self._calls_said = label(step="words", tone="quiet", wrap=True)
        self._over = label(bold=True, wrap=True)
        made = panel()
        column = down(
            self._calls_said, 8, self.call, self._over, 12, line(), 12, self.end, self.error, gap=0
        )
        column.setContentsMargins(INSET, 10, INSET, INSET)
        made.setLayout(column)
        return made
