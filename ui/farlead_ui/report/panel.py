"""The report panel: head, sections, notice, action bar."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from farlead.model.recording import Recording
from farlead.model.study import Kind
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.keys import CommandButton, CommandsLike
from farlead_ui.reading import ReadingModel
from farlead_ui.report.asking import Asking, panels
from farlead_ui.report.asking_writing import writing_panels
from farlead_ui.report.measurements import Measurements
from farlead_ui.report.notice import NoticeStrip
from farlead_ui.report.statements import Statements
from farlead_ui.report.suggestions import Suggestions
from farlead_ui.report.texts import FreeTexts
from farlead_ui.signing import Panel, SigningModel
from farlead_ui.taking import InHand
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import ACTION_BAR, INSET, REPORT_WIDTH
from farlead_ui.widgets import across, down, label, line, panel, restyle

_ANY_WIDTH = 16_777_215  # Qt's largest


class ReportPanel(QWidget):
    """Everything that becomes the report, 440 px wide.

    Parameters
    ----------
    reading : ReadingModel
    signing : SigningModel
    commands : CommandsLike
    appearance : Appearance
    """

    def __init__(
        self,
        reading: ReadingModel,
        signing: SigningModel,
        commands: CommandsLike,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._reading, self._signing = reading, signing
        self._commands, self._appearance = commands, appearance
        self.setFixedWidth(REPORT_WIDTH)
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown: InHand | None = None
        self._title, self._state = label(step="section", bold=True), label(step="words")
        self.measurements = Measurements(appearance)
        self.suggestions = Suggestions(reading.drafting, commands, appearance)
        self.statements = Statements(reading, signing.writing, commands, appearance)
        self.statements.input.entered.connect(self._reveal)
        self.texts = FreeTexts(reading.drafting)
        self.notice = NoticeStrip(reading, commands, appearance)
        self.bar = self._bar()
        self.asking: dict[Panel, Asking] = {
            **panels(signing, appearance, reading.settings.signing.key_minutes),
            **writing_panels(signing, appearance, reading),
        }
        self.body = self._body()
        self._nothing = label(tone="quiet", wrap=True)
        self._nothing.setContentsMargins(INSET, INSET, INSET, INSET)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        notice = across(self.notice)
        notice.setContentsMargins(INSET, 0, INSET, 12)
        self._top = down()
        column = down(
            self._head(), line(), self._top, self.body, self._nothing, notice, self.bar,
            *self.asking.values(),
        )  # fmt: skip
        column.setStretchFactor(self.body, 1)
        column.setStretchFactor(self._nothing, 1)
        self._column = column
        self.setLayout(column)
        self._listen()
        self._follow_panel()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def add_top(self, part: QWidget) -> None:
        """Lines over the report, e.g. what is reviewed."""
        self._top.addWidget(part)

    def add_asking(self, panel: Panel, part: Asking) -> None:
        """A further thing that is asked in the place of the action bar."""
        self.asking[panel] = part
        self._column.addWidget(part)
        self._follow_panel()

    def set_free(self, *, free: bool) -> None:
        """As wide as a window of its own, or as the report is in the main window."""
        self.setFixedWidth(REPORT_WIDTH)
        if free:
            self.setMaximumWidth(_ANY_WIDTH)

    def refresh(self) -> None:
        """Show what is in hand now."""
        job = self._reading.in_hand
        shown = job is not None and job.open is not None
        self.body.setVisible(shown)
        self._nothing.setVisible(not shown)
        self._nothing.setText(self._why_nothing())
        self._title.setText(self.tr("Report"))
        for word, part in self._words():
            part.set_word(word)
        self._say_state()

    def _why_nothing(self) -> str:
        if self._reading.busy:
            return self.tr("Being opened …")
        if self._reading.in_hand is not None:
            return self.tr("There is nothing to report about a file that cannot be read.")
        return self.tr("Open a study in the list: Enter, or N for the most urgent free one.")

    def _study_changed(self) -> None:
        """What the sheet was painted for stands here already: only the buttons follow."""
        reading = self._reading
        job = reading.in_hand
        if job is not None and job is self._shown and not reading.lost:
            self._enable()
            self._say_state()
            return
        self._shown = job if not reading.lost else None
        row = job.row if job is not None else None
        contents = job.open.contents if job is not None and job.open is not None else ()
        recording = next((c for c in contents if isinstance(c, Recording)), None)
        screening = row.screening if row is not None else None
        self.measurements.show_screening(self._reading.screening)
        compared = screening.comparison.text if screening and screening.comparison else None
        self.suggestions.show_recording(
            recording, screened=screening is not None, compared=compared
        )
        self.texts.show_findings(wanted=row is not None and row.study.kind is not Kind.ECG)
        self.body.verticalScrollBar().setValue(0)
        self.refresh()

    def _drafted(self) -> None:
        """Marks that are moved change figures at once."""
        self.measurements.follow(self._reading.screening)

    def _say_state(self) -> None:
        reading = self._reading
        tone = "quiet"
        if reading.in_hand is None:
            told = ""
        elif reading.lost:
            told, tone = self.tr("claim ended · not saved"), "urgent"
        elif reading.in_hand.claim is None:
            told = self.tr("nothing to report")
        elif reading.saved_at is not None:
            told = self.tr("draft · saved {t}").format(t=words.clock_time(reading.saved_at))
        else:
            told = self.tr("draft · saved at every change")
        self._state.setText(told)
        restyle(self._state, tone=tone)

    def _follow_panel(self) -> None:
        asked = self._signing.panel
        opened = [p for kind, p in self.asking.items() if kind is asked and p.isHidden()]
        self.bar.setVisible(asked is Panel.NONE)
        for kind, part in self.asking.items():
            part.setVisible(kind is asked)
        for part in opened:
            part.begin()

    def _head(self) -> QWidget:
        head = panel()
        head.setFixedHeight(47)
        row = across(self._title, self._state, None, gap=10)
        row.setContentsMargins(INSET, 0, INSET, 0)
        head.setLayout(row)
        return head

    def _body(self) -> QScrollArea:
        inside = panel()
        inside.setLayout(
            down(
                self.measurements, line(), self.suggestions, self.statements, line(),
                self.texts, None,
            )
        )  # fmt: skip
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.verticalScrollBar().rangeChanged.connect(self._reveal)
        return area

    def _reveal(self) -> None:
        """Where a statement is typed must be seen, with everything that it may mean."""
        if self.statements.input.hasFocus():
            self.body.ensureWidgetVisible(self.statements.lowest, 0, 8)

    def _bar(self) -> QWidget:
        self._retake = CommandButton(self._commands, "study.retake")
        self._critical = CommandButton(self._commands, "case.open", "alarm")
        self._draft = CommandButton(self._commands, "study.put_aside")
        self._sign = CommandButton(self._commands, "study.sign", "first")
        bar = panel()
        row = across(self._retake, self._critical, None, self._draft, self._sign, gap=5)
        row.setContentsMargins(INSET, 0, INSET, 0)
        bar.setLayout(down(line(), row))
        bar.setFixedHeight(ACTION_BAR)
        return bar

    def _words(self) -> list[tuple[str, CommandButton]]:
        return [
            (self.tr("Retake"), self._retake),
            (self.tr("Critical"), self._critical),
            (self.tr("Draft"), self._draft),
            (self.tr("Sign"), self._sign),
        ]

    def _enable(self) -> None:
        for part in (self._retake, self._critical, self._draft, self._sign):
            part.refresh()

    def _listen(self) -> None:
        listen(self, self._reading.changed, self._study_changed)
        listen(self, self._reading.saved_changed, self._say_state)
        listen(self, self._reading.drafting.changed, self._enable)
        listen(self, self._reading.drafting.changed, self._drafted)
        listen(self, self._signing.panel_changed, self._follow_panel)
