"""What the recording device itself says: its statements and measurements, apart from ours.

Folded until somebody wants it, and quiet: none of it was measured or checked here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from farlead.messages import Language, message
from farlead.model.device_words import device_words
from farlead.model.recording import Annotation, Recording
from farlead_ui.commands import shown_key
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import button, down, key_cap, label, line

_EDGE, _GAP = 24, 32
_COLUMNS = 4
#: What is shown at most; how many more there are is said.
_MOST_STATEMENTS, _MOST_FIGURES = 8, 28
_DEGREES = frozenset({"deg", "degrees", "°"})
_RATES = frozenset({"bpm", "/min", "{h.b.}/min", "beats/min"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a device says of a whole recording, in the reader's language.

    `more` counts what is left out: measurements of single leads and beats, marks, and what is
    beyond the most that is shown.
    """

    statements: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.statements or self.figures)


def said_by_device(recording: Recording | None, language: Language) -> Said:
    """Statements in the device's own words, and its measurements of the whole recording."""
    if recording is None:
        return Said()
    every = recording.annotations
    whole = [each for each in every if each.position is None]
    stated = [device_words(each.text, language) for each in whole if each.value is None]
    figures = [_figure(each, language) for each in whole if _of_all(each)]
    statements, measured = stated[:_MOST_STATEMENTS], figures[:_MOST_FIGURES]
    return Said(tuple(statements), tuple(measured), len(every) - len(statements) - len(measured))


def _of_all(each: Annotation) -> bool:
    """Whether it is a measurement of the recording, not of one lead, as its name would say."""
    return each.value is not None and ": " not in each.text


def _figure(each: Annotation, language: Language) -> str:
    unit = each.unit or ""
    if unit.casefold() in _RATES:
        unit = message("reporting.per_minute").text(language)
    joint = "" if unit in _DEGREES else " "
    unit = "°" if unit in _DEGREES else unit
    value = f"{each.value:g}".replace("-", "−")
    return f"{device_words(each.text, language)}  {value}{joint if unit else ''}{unit}"


class DeviceSays(QWidget):
    """A line that unfolds to what the device says. `folded_changed`: it needs other room.

    Parameters
    ----------
    appearance : Appearance
    """

    folded_changed = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._said = Said()
        self.folded = True
        self.head = button("quiet")
        self.head.setFlat(True)
        self.head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.head.clicked.connect(self.turn)
        self._words = label(step="words", tone="quiet")
        self._statements = label(step="words", wrap=True)
        self._columns = [label(step="words", tone="quiet") for _ in range(_COLUMNS)]
        self._more = label(step="meta", tone="quiet")
        self._inside = self._body()
        row = QHBoxLayout()
        row.setContentsMargins(_EDGE - 6, 6, 20, 6)
        row.setSpacing(10)
        for part in (self.head, self._words):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(key_cap(shown_key("Space")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line())
        column.addLayout(row)
        column.addWidget(self._inside)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _body(self) -> QWidget:
        inside = QWidget()
        figures = QHBoxLayout()
        figures.setContentsMargins(0, 0, 0, 0)
        figures.setSpacing(_GAP)
        for each in self._columns:
            each.setAlignment(Qt.AlignmentFlag.AlignTop)
            figures.addWidget(each)
        figures.addStretch(1)
        column = down(self._statements, figures, self._more, gap=8)
        column.setContentsMargins(_EDGE, 2, _EDGE, 12)
        inside.setLayout(column)
        return inside

    def show_recording(self, recording: Recording | None) -> None:
        """What the device of a recording says; nothing is shown where it says nothing."""
        self._said = said_by_device(recording, self._appearance.language)
        self._write()

    def turn(self) -> None:
        """Fold or unfold."""
        self.folded = not self.folded
        self._write()
        self.folded_changed.emit()

    def _write(self) -> None:
        said = self._said
        self.setVisible(bool(said))
        self.head.setText(("▸  " if self.folded else "▾  ") + self.tr("Device says"))
        told = self.tr("of the recording device itself: not measured here, not checked")
        count = self.tr("{statements} statements, {figures} measurements").format(
            statements=len(said.statements), figures=len(said.figures)
        )
        self._words.setText(self._appearance.joined([told, count]))
        self._statements.setText("\n".join(said.statements))
        self._statements.setVisible(bool(said.statements))
        for each, lines in zip(self._columns, _in_columns(said.figures), strict=True):
            each.setText("\n".join(lines))
            each.setVisible(bool(lines))
        beyond = self.tr("and {count} more of single leads, beats and waves")
        self._more.setText(beyond.format(count=said.more))
        self._more.setVisible(said.more > 0)
        self._inside.setVisible(not self.folded)

    def high(self) -> int:
        """Height that it needs; 0 where nothing is said."""
        return self.sizeHint().height() if self._said else 0

    @property
    def text(self) -> str:
        """All that is shown when it is unfolded."""
        parts: Sequence[QLabel] = (self._statements, *self._columns, self._more)
        return "\n".join(part.text() for part in parts if not part.isHidden())


def _in_columns(figures: Sequence[str]) -> list[Sequence[str]]:
    """Read down, then across."""
    high = max(-(-len(figures) // _COLUMNS), 1)
    return [figures[at * high : (at + 1) * high] for at in range(_COLUMNS)]
