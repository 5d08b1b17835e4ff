"""Suggestions of screening with their evidence; accepted or rejected one by one."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from farlead.messages import Message
from farlead.model.figures import named, written_evidence
from farlead.model.recording import Recording
from farlead.model.report import Decision
from farlead.model.screening import EvidenceValue, Flag, Span
from farlead_ui.bridge import listen
from farlead_ui.drafting import DraftModel, Suggestion
from farlead_ui.keys import CommandsLike
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.marks import paint_mark
from farlead_ui.theme.tokens import INSET
from farlead_ui.widgets import across, down, key_cap, label, restyle

_TEXT_AT = 40
_SPANS_TOLD = 3


class SuggestionRow(QWidget):
    """One suggestion: mark, text, evidence, what was decided."""

    def __init__(
        self,
        place: int,
        suggestion: Suggestion,
        drafting: DraftModel,
        commands: CommandsLike,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._place, self._suggestion = place, suggestion
        self._drafting, self._commands, self._appearance = drafting, commands, appearance
        self._recording: Recording | None = None
        self._title = label(wrap=True, bold=place == drafting.current)
        self._evidence = label(step="words", tone="quiet", wrap=True)
        self._state = label(step="words")
        self._accept, self._reject = label(step="words", tone="accent"), label(step="words")
        self._accept_key, self._reject_key = key_cap(""), key_cap("")
        self._keys = QWidget()
        self._keys.setLayout(
            across(
                self._accept, self._accept_key, 8,
                self._reject, self._reject_key, None, gap=6,
            )
        )  # fmt: skip
        self._state.setFixedHeight(20)
        head = across(self._title, self._state, gap=8)
        head.setAlignment(self._state, Qt.AlignmentFlag.AlignTop)
        head.setStretch(0, 1)
        column = down(head, self._evidence, self._keys, gap=2)
        column.setContentsMargins(_TEXT_AT, 8, INSET, 9)
        self.setLayout(column)

    def show_suggestion(self, suggestion: Suggestion) -> None:
        """Stand for another suggestion from now on; said with the next :meth:`refresh`."""
        self._suggestion = suggestion

    def show_recording(self, recording: Recording | None) -> None:
        """In which recording its evidence is; said with the next :meth:`refresh`."""
        self._recording = recording

    def refresh(self) -> None:
        """Follow the decision and the focus."""
        current = self._place == self._drafting.current
        decision = self._drafting.decision(self._suggestion)
        flag = self._suggestion.flag
        self._title.setText(self._appearance.text(flag.text))
        restyle(self._title, bold="true" if current else "false")
        evidence = self._evidence_text(flag)
        self._evidence.setText(evidence)
        self._evidence.setVisible(bool(evidence))
        self.setToolTip("\n".join(self._by_lead(flag)))
        self._accept_key.setText(self._commands.key("suggestion.accept"))
        self._reject_key.setText(self._commands.key("suggestion.reject"))
        self._accept.setText(self.tr("accept"))
        self._reject.setText(self.tr("reject"))
        self._keys.setVisible(current and decision is None and self._drafting.editable)
        told = {
            None: ("", ""),
            Decision.ACCEPTED: (self.tr("✓ accepted"), "done"),
            Decision.REJECTED: (self.tr("✕ rejected"), "quiet"),
        }[decision]
        self._state.setText(told[0])
        self._state.setVisible(bool(told[0]))
        restyle(self._state, tone=told[1])
        self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        self._drafting.focus(self._place)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        self._commands.run("suggestion.accept")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        palette = self._appearance.palette
        painter = QPainter(self)
        if self._place == self._drafting.current and self._drafting.editable:
            painter.fillRect(self.rect(), QColor(palette.tint))
            painter.fillRect(0, 0, 4, self.height(), QColor(palette.accent))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(palette.line))
        mark = self._suggestion.flag.severity
        paint_mark(painter, QPointF(22.5, 18.5), 12, mark, palette)
        painter.end()

    def _evidence_text(self, flag: Flag) -> str:
        parts = [self.tr(", ").join(flag.leads)]
        if self._recording is not None and flag.spans:
            fs = self._recording.fs
            spans = self.tr(", ").join(_seconds(s, fs) for s in flag.spans[:_SPANS_TOLD])
            more = len(flag.spans) - _SPANS_TOLD
            parts.append(spans + (self.tr(" and {n} more").format(n=more) if more > 0 else ""))
        parts += [self._value(v) for v in flag.values if v.limit is not None and not v.lead]
        parts.append(self.tr("rule {rule}").format(rule=flag.rule))
        return self._appearance.joined(parts)

    def _by_lead(self, flag: Flag) -> Iterator[str]:
        """The values of the single leads beside their limits: too many for the row itself."""
        for value in flag.values:
            if value.lead and value.limit is not None:
                yield f"{value.lead}  {self._value(value)}"

    def _value(self, value: EvidenceValue) -> str:
        """A measured value beside the limit that it passed."""
        limit = written_evidence(replace(value, value=value.limit))
        return self.tr("{name} {value}, limit {limit}").format(
            name=self._appearance.text(named(value)), value=written_evidence(value), limit=limit
        )


def _seconds(span: Span, fs: float) -> str:
    start, stop = f"{span.start / fs:.1f}", f"{span.stop / fs:.1f}"
    return f"{start} s" if start == stop else f"{start}–{stop} s"


class Suggestions(QWidget):
    """Section “初筛建议”: the rows, and how to accept them all where that is allowed."""

    def __init__(
        self, drafting: DraftModel, commands: CommandsLike, appearance: Appearance
    ) -> None:
        super().__init__()
        self._drafting, self._commands, self._appearance = drafting, commands, appearance
        self._recording: Recording | None = None
        self._screened = False
        self._compared: Message | None = None
        self._rows: list[SuggestionRow] = []
        self._made: list[SuggestionRow] = []  # more than are needed now wait hidden
        self._title = label(bold=True)
        self._count = label(step="words", tone="quiet")
        self._all = key_cap("")
        self._none = label(step="words", tone="quiet", wrap=True)
        self._comparison = label(step="words", tone="quiet", wrap=True)
        head = across(self._title, None, self._count, self._all, gap=6)
        head.setContentsMargins(INSET, 10, INSET, 8)
        self._none.setContentsMargins(INSET, 0, INSET, 10)
        self._comparison.setContentsMargins(INSET, 8, INSET, 8)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(down(head, self._none, self._column, self._comparison))
        listen(self, drafting.loaded, self._rebuild)
        listen(self, drafting.changed, self.refresh)
        listen(self, drafting.current_changed, self.refresh)
        self._rebuild()

    def show_recording(
        self, recording: Recording | None, *, screened: bool, compared: Message | None = None
    ) -> None:
        """Tell the recording, for the times of the evidence, and whether it was screened.

        `compared` says what became of the comparison with the patient's earlier ECG.
        """
        self._recording, self._screened, self._compared = recording, screened, compared
        for row in self._rows:
            row.show_recording(recording)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Follow decisions, focus and language."""
        drafting = self._drafting
        self._title.setText(self.tr("Screening suggests"))
        many, undecided = len(drafting.suggestions), drafting.undecided
        all_keys = bool(undecided) and drafting.may_accept_all and drafting.editable
        if all_keys:
            told = self.tr("{n} · accept all").format(n=many)
        elif undecided:
            told = self.tr("{n} of {all} to decide").format(n=undecided, all=many)
        elif drafting.can_say_normal:
            told = self.tr("write: normal ECG")
        else:
            told = self.tr("{n} decided").format(n=many) if many else ""
        self._count.setText(told)
        self._all.setText(self._commands.key("suggestion.accept_all"))
        self._all.setVisible(all_keys or drafting.can_say_normal)
        self._none.setVisible(not many)
        self._none.setText(
            self.tr("Screened: rhythm, conduction, ST-T, signal. No mark; no diagnosis.")
            if self._screened
            else self.tr("Not screened: nothing is suggested.")
        )
        self._comparison.setVisible(self._compared is not None)
        if self._compared is not None:
            self._comparison.setText(self._appearance.text(self._compared))
        for row in self._rows:
            row.refresh()

    def _rebuild(self) -> None:
        """A row for each suggestion; those that are there serve the next study as well."""
        suggestions = self._drafting.suggestions
        for place in range(len(self._made), len(suggestions)):
            row = SuggestionRow(
                place, suggestions[place], self._drafting, self._commands, self._appearance
            )
            self._made.append(row)
            self._column.addWidget(row)
        self._rows = self._made[: len(suggestions)]
        for row, suggestion in zip(self._rows, suggestions, strict=True):
            row.show_suggestion(suggestion)
            row.show_recording(self._recording)
            row.show()
        for row in self._made[len(suggestions) :]:
            row.hide()
        self.refresh()
